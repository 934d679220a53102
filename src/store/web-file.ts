/**
 * Files of web servers: what a server says of one, enough to tell whether it has changed, and the file itself. Nothing else of ours
 * reads from one.
 */
import { createHash } from "node:crypto";
import { fetchFailure } from "../base/errno.ts";
import { pythonRepr } from "../base/python.ts";

export interface WebFile {
  /** DVC's: ETag, Content-MD5, or one made of all that is said. */
  readonly checksum: string;
  /** undefined where the server does not say. */
  readonly size: number | undefined;
}

/** Why there is no file; `status` where the server says so. */
export interface WebRefusal {
  readonly file: undefined;
  readonly why: string;
  readonly status?: number;
}

export type WebAnswer = { readonly file: WebFile } | WebRefusal;

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
  const failure = fetchFailure(error);
  if (failure?.kind === "late") return "no answer within a minute";
  return failure?.kind === "network" ? (failure.code ?? failure.message) : undefined;
}

async function ask(method: "HEAD" | "GET", address: string, signal: AbortSignal): Promise<Response | WebRefusal> {
  try {
    const { url, headers } = requestOf(address);
    const answer = await fetch(url, { method, headers, signal });
    if (answer.ok) return answer;
    await answer.body?.cancel();
    return { file: undefined, why: `the server says ${answer.status}`, status: answer.status };
  } catch (error) {
    const why = connectionProblem(error);
    if (why === undefined) throw error;
    return { file: undefined, why };
  }
}

/** What is said before the file: that is not read. */
async function askHead(method: "HEAD" | "GET", address: string): Promise<Response | WebRefusal> {
  const answer = await ask(method, address, AbortSignal.timeout(silence));
  if (answer instanceof Response) await answer.body?.cancel();
  return answer;
}

/** Asks for the head of the file; as DVC, for the file itself where the server does not give that or says no size. */
export async function lookAtWebFile(address: string): Promise<WebAnswer> {
  const head = await askHead("HEAD", address);
  if (head instanceof Response && sizeOf(head.headers) !== undefined) return { file: fileOf(address, head) };
  const answer = await askHead("GET", address);
  return answer instanceof Response ? { file: fileOf(address, answer) } : answer;
}

/** Hands the file over, piece by piece, and answers what the server said of it: of a transfer that broke off, why. */
export async function readWebFile(address: string, take: (piece: Uint8Array) => void): Promise<WebAnswer> {
  const limit = new AbortController();
  const end = () => limit.abort(new DOMException("nothing came for a minute", "TimeoutError"));
  const timer = setTimeout(end, silence);
  try {
    const answer = await ask("GET", address, limit.signal);
    if (!(answer instanceof Response)) return answer;
    const file = fileOf(address, answer);
    const came = await passOn(answer, (piece) => {
      timer.refresh();
      take(piece);
    });
    if (came.problem !== undefined) return { file: undefined, why: `the transfer broke off after ${came.bytes} bytes` };
    if (file.size === undefined || file.size === came.bytes) return { file: { ...file, size: came.bytes } };
    return { file: undefined, why: `it ended after ${came.bytes} of ${file.size} bytes` };
  } finally {
    clearTimeout(timer);
  }
}

async function passOn({ body }: Response, take: (piece: Uint8Array) => void) {
  let bytes = 0;
  try {
    for await (const piece of body ?? []) {
      take(piece);
      bytes += piece.length;
    }
    return { bytes, problem: undefined };
  } catch (error) {
    const problem = connectionProblem(error);
    if (problem === undefined) throw error;
    return { bytes, problem };
  }
}
