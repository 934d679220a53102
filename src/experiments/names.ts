import { SweeplineError } from "../base/errors.ts";

/** What a new experiment is to be called. */
export interface NameChoice {
  readonly name: string | undefined;
  /** A name that is taken: refuse, or (--force) replace what has it. */
  readonly taken: "refuse" | "replace";
}

/** Longest name in bytes: with the ref's folders and ".lock" it stays a file name everywhere. */
const maxNameBytes = 200;

/** Why a name can't be an experiment's, or undefined. The rules of `git check-ref-format` for one part, and ours. */
function nameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020\u007f-\u009f]/.test(name)) return "it has a blank or a control character";
  const forbidden = /[/~^:?*[\\]/.exec(name)?.[0];
  if (forbidden !== undefined) return `'${forbidden}' is not allowed in it`;
  if (name.startsWith("-") || name.startsWith(".")) return `it starts with '${name[0]}'`;
  if (name.endsWith(".") || name.endsWith(".lock")) return "it ends with '.' or '.lock'";
  if (name.includes("..") || name.includes("@{") || name === "@") return "'..' and '@{' are not allowed in it";
  return undefined;
}

export function isName(name: string): boolean {
  return nameProblem(name) === undefined;
}

const meanings: ReadonlyMap<string, string> = new Map([
  ["HEAD", "it means the commit that is checked out"],
  ["workspace", "it means the files in the workspace"],
]);

/** What an experiment that is there may be called, but no new one. */
function newNameProblem(name: string): string | undefined {
  // Node has this in the place of bytes that are not UTF-8.
  return name.includes("\ufffd") ? "it is not valid UTF-8" : meanings.get(name);
}

/** Throws BAD_NAME where a name can't be a new experiment's. */
export function checkName(name: string): void {
  const problem = nameProblem(name) ?? newNameProblem(name);
  if (problem === undefined) return;
  throw new SweeplineError({
    code: "BAD_NAME",
    message: `'${printable(name)}' can't be the name of an experiment: ${problem}`,
    hint: "Use letters, digits, '.', '_' and '-'.",
  });
}

function printable(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach a terminal
  return name.slice(0, 80).replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

const numberOf = (base: string, name: string): number | undefined => {
  if (!name.startsWith(`${base}-`)) return undefined;
  const number = name.slice(base.length + 1);
  return /^[1-9]\d{0,8}$/.test(number) ? Number(number) : undefined;
};

/** Whether a name is the base's with a number: `grid-3` of `grid`. */
export function isNumbered(base: string, name: string): boolean {
  return numberOf(base, name) !== undefined;
}

/** `grid` and a list of taken names: the first free number, above the highest `grid-N` that is taken. */
export function nextNumber(base: string, taken: Iterable<string>): number {
  let highest = 0;
  for (const name of taken) highest = Math.max(highest, numberOf(base, name) ?? 0);
  return highest + 1;
}
