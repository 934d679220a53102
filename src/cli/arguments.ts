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
  } catch {
    throw new InvalidArgumentError("not a regular expression");
  }
}
