/** How much of one file, and of one revision, is read: what comes from strangers may be of any size. */
import { SweeplineError } from "./errors.ts";

/** Files of people are smaller by far; parsing so much takes half a minute. */
const usual = 64 * 1024 * 1024;

const units: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** The variable that raises the limit. It is of the environment and not of .dvc/config, which comes with a clone. */
export const sizeLimitVariable = "SWEEPLINE_MAX_FILE_SIZE";

/**
 * The most bytes of one file that are read into memory: SWEEPLINE_MAX_FILE_SIZE (200M, 2G, or a number of bytes), or 64 MiB.
 * Errors: BAD_OPTIONS.
 */
export function fileSizeLimit(): number {
  const text = process.env[sizeLimitVariable];
  if (text === undefined || text === "") return usual;
  const [, digits = "", unit = ""] = /^([1-9]\d{0,11})([kmg]?)i?b?$/i.exec(text) ?? [];
  if (digits !== "") return Number(digits) * (units[unit.toLowerCase()] ?? 1);
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `${sizeLimitVariable} is '${text}', which is no size`,
    hint: "Give a number of bytes, or one with K, M or G.",
  });
}

/** In words: `64 MiB`. */
export function bytesText(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes >= 1 ? `${Number(mebibytes.toFixed(1))} MiB` : `${bytes} bytes`;
}

/** Refuses a file that is too large to be read whole. @param shown how it is called */
export function tooLarge(shown: string, size: number, limit = fileSizeLimit()): SweeplineError {
  return new SweeplineError({
    code: "FILE_TOO_LARGE",
    message: `'${shown}' has ${bytesText(size)}; the limit is ${bytesText(limit)}`,
    hint: `If it is to be read all the same: ${sizeLimitVariable}=2G raises the limit.`,
  });
}
