/** What a web server says of a file: enough to tell whether it has changed, and nothing of what it holds. */
import { createHash } from "node:crypto";
import { pythonRepr } from "../base/python.ts";

export interface WebFile {
  /** DVC's: ETag, Content-MD5, or one made of all that is said. */
  readonly checksum: string;
  /** undefined where the server does not say. */
  readonly size: number | undefined;
}

export type WebAnswer = { readonly file: WebFile } | { readonly file: undefined; readonly why: string };

/** A server that says nothing for so long is as good as none. */
const silence = 60_000;

/** fetch() takes no name and password in an address. */
function requestOf(address: string): { readonly url: URL; readonly headers: Record<string, string> } {
  const url = new URL(address);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  // The size is that of the file, not of a packed answer.
  const headers = { "accept-encoding": "identity" };
  if (username === "" && password === "") return { url, headers };
  const secret = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  return { url, headers: { ...headers, authorization: `Basic ${secret}` } };
}

function sizeOf(headers: Headers): number | undefined {
  const encoding = headers.get("content-encoding") ?? "";
  const text = encoding === "" || encoding === "identity" ? headers.get("content-length") : null;
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** fsspec's name for a version of a file whose server gives none: MD5 of all facts as Python prints them, as a number. */
function factsChecksum(address: string, answer: Response, size: number | undefined): string {
  const { headers } = answer;
  const facts = new Map<string, string | bigint | boolean | null>([
    ["name", address],
    ["size", size === undefined ? null : BigInt(size)],
  ]);
  const kind = headers.get("content-type");
  if (kind !== null) facts.set("mimetype", kind.split(";")[0] ?? "");
  if (headers.get("accept-ranges") === "none") facts.set("partial", false);
  facts.set("url", answer.url);
  for (const [name, key] of [
    ["Digest", "digest"],
    ["Last-Modified", "last-modified"],
  ] as const) {
    const value = headers.get(key) ?? "";
    if (value !== "") facts.set(name, value);
  }
  facts.set("type", "file");
  const hash = createHash("md5")
    .update(`(${pythonRepr(facts)},)`)
    .digest("hex");
  return BigInt(`0x${hash}`).toString();
}

function fileOf(address: string, answer: Response): WebFile {
  const size = sizeOf(answer.headers);
  const named = answer.headers.get("etag") || answer.headers.get("content-md5");
  return { checksum: named || factsChecksum(address, answer, size), size };
}

/** What fetch() says of a connection that failed: the reason is that of its cause. */
function connectionProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return "no answer within a minute";
  if (!(error instanceof TypeError)) return undefined;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : error.message;
}

async function ask(method: "HEAD" | "GET", address: string): Promise<Response | string> {
  try {
    const { url, headers } = requestOf(address);
    const answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(silence) });
    await answer.body?.cancel();
    return answer.ok ? answer : `the server says ${answer.status}`;
  } catch (error) {
    const problem = connectionProblem(error);
    if (problem === undefined) throw error;
    return problem;
  }
}

/** Asks for the head of the file; as DVC, for the file itself where the server does not give that or says no size. */
export async function lookAtWebFile(address: string): Promise<WebAnswer> {
  const head = await ask("HEAD", address);
  if (typeof head !== "string" && sizeOf(head.headers) !== undefined) return { file: fileOf(address, head) };
  const answer = await ask("GET", address);
  return typeof answer === "string" ? { file: undefined, why: answer } : { file: fileOf(address, answer) };
}
