/** Imports from http(s) addresses. */
import { SweeplineError } from "../../base/errors.ts";
import { closeSync } from "../../base/files.ts";
import { appendTo, openEmptied } from "../../base/open-files.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { lookAtWebFile, readWebFile, type WebAnswer, type WebFile } from "../../store/web-file.ts";

const gone: readonly (number | undefined)[] = [404, 410];

function fileIn(answer: WebAnswer, url: string): WebFile {
  if (answer.file !== undefined) return answer.file;
  const shown = withoutCredentials(url);
  if (gone.includes(answer.status))
    throw new SweeplineError({ code: "DEPENDENCY_MISSING", message: `dependency '${shown}' does not exist` });
  throw new SweeplineError({ code: "URL_FAILED", message: `'${shown}': ${withoutCredentials(answer.why)}` });
}

/** What the server says of the file, as stages that depend on it record it. Errors: DEPENDENCY_MISSING, URL_FAILED. */
export async function lookAtUrl(url: string): Promise<WebFile> {
  return fileIn(await lookAtWebFile(url), url);
}

/** Writes the file to a path, piece by piece. Errors: DEPENDENCY_MISSING, URL_FAILED, also where it ends too early. */
export async function downloadUrl(url: string, file: string): Promise<WebFile> {
  const handle = openEmptied(file);
  try {
    return fileIn(await readWebFile(url, (piece) => appendTo(handle, piece)), url);
  } finally {
    closeSync(handle);
  }
}
