/** A web server on this machine that keeps what is posted to it, and answers as a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { within } from "./time-limit.ts";

export interface Posted {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** As it came, and as JSON. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers a request once its body is there; the request is recorded before. */
export type Answering = (response: ServerResponse, posted: Posted) => void;

export class RecordingServer {
  readonly posts: Posted[] = [];
  #changed: (() => void)[] = [];
  #answering: Answering;
  readonly #server = createServer((request, response) => this.#receive(request, response));

  private constructor(answering: Answering) {
    this.#answering = answering;
  }

  static async start(answering: Answering = (response) => response.end("{}")): Promise<RecordingServer> {
    const server = new RecordingServer(answering);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on. */
  answer(answering: Answering): void {
    this.#answering = answering;
  }

  /** Waits until so many posts are there. */
  async hasPosts(count: number): Promise<void> {
    while (this.posts.length < count)
      await within(new Promise<void>((resolve) => this.#changed.push(resolve)), `post ${count} of a server`);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const body = JSON.parse(text) as Record<string, unknown>;
      const posted = { path: request.url ?? "", headers: request.headers, text, body };
      this.posts.push(posted);
      for (const wake of this.#changed.splice(0)) wake();
      this.#answering(response, posted);
    });
  }
}
