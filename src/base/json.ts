/**
 * What was read as JSON is unknown until it is looked at: files may be cut off, of another version, or a stranger's. Guards
 * are put together from small ones, and the compiler holds a guard to its type: no field is left out.
 */

export type Guard<T> = (value: unknown) => value is T;

/** The value of a text, or undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An object, and neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isText: Guard<string> = (value) => typeof value === "string";

export const isNumber: Guard<number> = (value) => typeof value === "number";

/** 0, 1, 2, as far as a number is exact. */
export const isCount: Guard<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export function listOf<T>(isItem: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((item) => isItem(item));
}

export const isTexts = listOf(isText);

/** One of some values. */
export function oneOf<const T>(...values: readonly T[]): Guard<T> {
  const known: readonly unknown[] = values;
  return (value): value is T => known.includes(value);
}

/** A text of that form. */
export function textLike<T extends string = string>(pattern: RegExp): Guard<T> {
  return (value): value is T => typeof value === "string" && pattern.test(value);
}

export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

/** An object with these fields at least. */
export function shaped<T extends object>(fields: { readonly [Key in keyof T]-?: Guard<T[Key]> }): Guard<T> {
  const guards: readonly (readonly [string, (value: unknown) => boolean])[] = Object.entries(fields);
  return (value): value is T => isRecord(value) && guards.every(([name, guard]) => guard(value[name]));
}
