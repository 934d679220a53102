/** Files at http(s) addresses. Nothing else of ours opens a connection. */
import { SweeplineError } from "../../base/errors.ts";
import { closeSync } from "../../base/files.ts";
import { appendTo, openEmptied } from "../../base/open-files.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";

export interface UrlFacts {
  /** What the server calls this version of the file; undefined where it says nothing. */
  readonly checksum: string | undefined;
  readonly size: number | undefined;
}

function failed(url: string, why: string): SweeplineError {
  return new SweeplineError({ code: "URL_FAILED", message: `'${withoutCredentials(url)}': ${why}` });
}

function missing(url: string): SweeplineError {
  return new SweeplineError({
    code: "DEPENDENCY_MISSING",
    message: `dependency '${withoutCredentials(url)}' does not exist`,
  });
}

async function ask(url: string, method: "HEAD" | "GET", signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { method, redirect: "follow", ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { cause } = error;
    throw failed(url, cause instanceof Error && cause.message !== "" ? cause.message : error.message);
  }
  if (response.status === 404 || response.status === 410) throw missing(url);
  if (!response.ok) throw failed(url, `the server answered ${response.status} ${response.statusText}`);
  return response;
}

/** As DVC has it: ETag, else Content-MD5; without both the time of the last change stands for it. */
function factsOf({ headers }: Response): UrlFacts {
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const checksum = headers.get("etag") ?? headers.get("content-md5") ?? headers.get("last-modified") ?? undefined;
  return { checksum, size: Number.isSafeInteger(length) ? length : undefined };
}

/** What the server says of the file. Errors: DEPENDENCY_MISSING, URL_FAILED. */
export async function lookAtUrl(url: string): Promise<UrlFacts> {
  return factsOf(await ask(url, "HEAD"));
}

/** Writes the file to a path, piece by piece. Errors: DEPENDENCY_MISSING, URL_FAILED, also where it ends too early. */
export async function downloadUrl(url: string, file: string): Promise<UrlFacts> {
  const response = await ask(url, "GET");
  const facts = factsOf(response);
  const isPlain = response.headers.get("content-encoding") === null;
  const handle = openEmptied(file);
  let size = 0;
  try {
    for await (const piece of response.body ?? []) {
      appendTo(handle, piece);
      size += piece.length;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw failed(url, `the transfer broke off after ${size} bytes`);
  } finally {
    closeSync(handle);
  }
  if (isPlain && facts.size !== undefined && facts.size !== size)
    throw failed(url, `it ended after ${size} of ${facts.size} bytes`);
  return { checksum: facts.checksum, size };
}
