/** Parsers of option values that several commands share. Their refusals are usage errors (exit code 254). */

import { InvalidArgumentError } from "commander";

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function integer(value: string): number {
  if (!/^-?\d{1,9}$/.test(value)) throw new InvalidArgumentError("not a whole number");
  return Number(value);
}

/** A number of digits. */
export function digits(value: string): number {
  const number = integer(value);
  if (number < 0 || number > 50) throw new InvalidArgumentError("not a number of digits between 0 and 50");
  return number;
}

/** A pattern that has to match at the start of a name, as in DVC; several are an "or". */
export function pattern(value: string, before: readonly RegExp[] = []): readonly RegExp[] {
  try {
    return [...before, new RegExp(`^(?:${value})`)];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidArgumentError("not a regular expression");
  }
}

/** A number of times: 0 or more. */
export function count(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError("not a number (0 or more)");
  return Number(value);
}

/** A number of things: 1 to 9,999,999. */
export function positive(value: string): number {
  if (!/^0*[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError("not a whole number above zero");
  return Number(value);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration(value: string): number | undefined {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== value) return undefined;
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ""] ?? 0), 0));
}

/** `500ms`, `10s`, `5m`, `2h`, `1h30m`: milliseconds. More than zero and at most 24 days, the longest timer. */
export function duration(value: string): number {
  const ms = parseDuration(value);
  if (ms === undefined || ms < 1 || ms > 24 * 86_400_000)
    throw new InvalidArgumentError("not a duration such as 10s, 5m, 2h or 1h30m, of at most 24 days");
  return ms;
}

/** A duration of any length, such as 90d. */
export function age(value: string): number {
  const ms = parseDuration(value);
  if (ms === undefined) throw new InvalidArgumentError("not an age such as 12h or 7d");
  return ms;
}

/** A number of jobs; -1 for as many as there are processors is not offered: say how many. */
export function jobs(value: string): number {
  if (!/^0*[1-9]\d{0,3}$/.test(value))
    throw new InvalidArgumentError(
      /^0*[1-9]\d*$/.test(value) ? "more than 9999 jobs" : "not a number of jobs (1 or more)",
    );
  return Number(value);
}
