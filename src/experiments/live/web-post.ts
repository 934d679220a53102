/**
 * One POST of JSON to a web server, with an end: whatever the server does, the caller goes on. A redirect is an answer, and is not
 * followed: what is sent may hold a token, which is for that server only.
 */
import { fetchFailure } from "../../base/errno.ts";

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

async function startOf(answer: Response, mostBytes: number): Promise<string> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return "";
  const chunks: Uint8Array[] = [];
  for (let size = 0; size < mostBytes; ) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    chunks.push(value);
    size += value.length;
  }
  await reader.cancel();
  return Buffer.concat(chunks).toString().slice(0, mostBytes);
}

/** What fetch() says of a connection that failed; undefined: it is none of that. */
function connectionProblem(error: unknown, limitMs: number): string | undefined {
  const failure = fetchFailure(error);
  if (failure?.kind === "late") return `no answer within ${limitMs / 1000} s`;
  if (failure?.kind === "given up") return "it was given up";
  return failure?.kind === "network" ? (failure.code ?? "the connection failed") : undefined;
}

/** Never rejects for what the server or the network does. */
export async function postJson({
  url,
  headers,
  body,
  limitMs,
  signal,
  mostBytes = usualBytes,
}: WebPost): Promise<PostAnswer> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      redirect: "manual",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    return { kind: "answered", status: answer.status, text: await startOf(answer, mostBytes) };
  } catch (error) {
    const why = connectionProblem(error, limitMs);
    if (why === undefined) throw error;
    return { kind: "none", why };
  }
}

/** The address of a web server, or undefined for anything else. */
export function webAddress(text: string, base?: string): URL | undefined {
  if (!URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}
