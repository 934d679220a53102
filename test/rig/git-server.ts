/** A bare repository behind smart HTTP on this machine (`git http-backend`), which fails as a test wants. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const backend = path.join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");

/** Some packages of Git leave it out. */
export const hasGitServer = existsSync(backend);

/**
 * What becomes of a request: a status; "cut request" breaks the connection when its body begins to come, "cut answer" after
 * some bytes of what the server says.
 */
export type Fate = number | "serve" | "cut request" | "cut answer";

export class GitServer {
  /** Asked for each request. */
  fate: (method: string, url: string) => Fate = () => "serve";
  readonly #server = createServer((request, response) => this.#receive(request, response));

  private constructor(private readonly root: string) {}

  /** @param root the folder that holds repositories */
  static async start(root: string): Promise<GitServer> {
    const server = new GitServer(root);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    const fate = this.fate(method, url);
    if (fate === "cut request") request.once("data", () => response.destroy());
    else if (typeof fate === "number") {
      request.resume();
      response.writeHead(fate, fate === 401 ? { "www-authenticate": "Basic" } : {}).end();
    } else this.#serve(request, response, fate);
  }

  #serve(request: IncomingMessage, response: ServerResponse, fate: "serve" | "cut answer"): void {
    const [place = "", query = ""] = (request.url ?? "").split("?");
    const child = spawn(backend, [], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method ?? "",
        PATH_INFO: decodeURIComponent(place),
        QUERY_STRING: query,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        REMOTE_USER: "tester",
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdin.on("error", () => undefined);
    request.pipe(child.stdin);
    // Of a request that broke off the rest never comes.
    request.on("close", () => child.stdin.end());
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("close", () => {
      const whole = Buffer.concat(chunks);
      const end = whole.indexOf("\r\n\r\n");
      const headers = Object.fromEntries(
        whole
          .toString("latin1", 0, end)
          .split("\r\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
      );
      const body = whole.subarray(end + 4);
      response.writeHead(Number.parseInt(headers.Status ?? "200", 10), headers);
      if (fate === "serve") response.end(body);
      else response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    });
  }
}
