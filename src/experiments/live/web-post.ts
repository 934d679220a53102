/**
 * One POST of JSON to a web server, with an end: whatever the server does, the caller goes on. A redirect is an answer, and is not
 * followed: what is sent may hold a token, which is for that server only. Connections are kept for the next POST by Node's agent.
 */
import type { ClientRequest, IncomingMessage } from "node:http";

export interface WebPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first byte to the last. */
  readonly limitMs: number;
  /** Ends it before. */
  readonly signal?: AbortSignal;
  /** More of an answer is not read (default: 64 KiB). */
  readonly mostBytes?: number;
}

export type PostAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly text: string }
  /** No answer came, or none in time. */
  | { readonly kind: "none"; readonly why: string };

const usualBytes = 64 * 1024;

/** What a header may hold: a token with a line break in it is refused here, in words, and not by Node. */
const isHeaderText = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The request of the URL's own kind, begun; what it lacks is the body. */
async function begin({ url, headers, body }: WebPost): Promise<ClientRequest> {
  // One of the two is enough for most, and loaded when it is needed.
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return request(url, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
  });
}

/** Never rejects for what the server or the network does. */
export async function postJson(post: WebPost): Promise<PostAnswer> {
  if (!Object.values(post.headers).every((text) => isHeaderText.test(text)))
    return { kind: "none", why: "the token has characters that no header may have" };
  const request = await begin(post);
  return answerOf(request, post);
}

function answerOf(request: ClientRequest, { body, limitMs, signal, mostBytes = usualBytes }: WebPost) {
  return new Promise<PostAnswer>((resolve) => {
    const none = (why: string) => {
      end({ kind: "none", why });
      request.destroy();
    };
    const giveUp = () => none("it was given up");
    const limit = setTimeout(() => none(`no answer within ${limitMs / 1000} s`), limitMs);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    const end = (answer: PostAnswer) => {
      clearTimeout(limit);
      signal?.removeEventListener("abort", giveUp);
      resolve(answer);
    };
    const failed = (error: NodeJS.ErrnoException) => none(error.code ?? "the connection failed");
    request.on("error", failed);
    // Also what no error tells of, as an answer that changes the protocol.
    request.on("close", () => none("the connection failed"));
    request.on("response", (answer) => {
      answer.on("error", failed);
      readStart(answer, mostBytes, (text) => end({ kind: "answered", status: answer.statusCode ?? 0, text }));
    });
    request.end(body);
  });
}

/** Reads to the end, or so many bytes; the connection is of no use then. */
function readStart(answer: IncomingMessage, mostBytes: number, whenRead: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < mostBytes) return;
    whenRead(Buffer.concat(chunks).toString("utf8", 0, mostBytes));
    answer.destroy();
  });
  answer.on("end", () => whenRead(Buffer.concat(chunks).toString()));
}

/** The address of a web server, or undefined for anything else. */
export function webAddress(text: string, base?: string): URL | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}
