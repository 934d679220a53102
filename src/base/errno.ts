/** What the codes of failed system calls mean, in words that follow `cannot write 'x': `. */
export const errnoWords: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "it is in use",
  EDQUOT: "disk quota exceeded",
  EEXIST: "a part of it is not a folder",
  EFBIG: "file too large",
  EIO: "input/output error",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many open files in the system",
  ENOENT: "its folder does not exist",
  ENOSPC: "no space left on device",
  ENOTDIR: "a part of it is not a folder",
  EPERM: "operation not permitted",
  EPIPE: "nobody reads it any more",
  EROFS: "read-only file system",
  ERR_FS_FILE_TOO_LARGE: "file too large",
};

/**
 * Codes that are the machine's or the user's doing wherever they come from (a link in a circle, a name that is too long, a
 * file in a folder's place, a folder in a file's): any other may be a bug of ours.
 */
const othersFaults = new Set(
  "EACCES EPERM EROFS ENOSPC EDQUOT EIO EISDIR EMFILE ENFILE EFBIG ELOOP ENAMETOOLONG ENOTDIR".split(" "),
);

/** A failed system call in words, or undefined for a code that is not the machine's or the user's doing. */
export function wordsOfSystemError({ code = "", syscall }: NodeJS.ErrnoException): string | undefined {
  // Of a folder: a file, or a link to nowhere, is in its place. A file that is there already is for us to know.
  const isOthers = othersFaults.has(code) || (code === "EEXIST" && syscall === "mkdir");
  return isOthers ? errnoWords[code] : undefined;
}

/** Past a time limit, given up by us, or the network: its code where the system has one, else what `fetch` says. */
export type FetchFailure =
  | { readonly kind: "late" | "given up" }
  | { readonly kind: "network"; readonly code: string | undefined; readonly message: string };

/** undefined for what is no failure of the network or of the server: a bug. */
export function fetchFailure(error: unknown): FetchFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError") return { kind: "late" };
  if (error.name === "AbortError") return { kind: "given up" };
  if (!(error instanceof TypeError)) return undefined;
  const { cause, message } = error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return { kind: "network", code: typeof code === "string" ? code : undefined, message };
}
