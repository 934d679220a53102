/** `complete-words`: what a shell asks at each Tab. It reads little, changes nothing, and says nothing where it can't tell. */
import path from "node:path";
import type { Option } from "commander";
import { exitCodes, SweeplineError } from "../base/errors.ts";
import { visible } from "../base/text/visible.ts";
import { openProject } from "../project/open.ts";
import { catalog } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import { currentFolder } from "./current-folder.ts";
import type { CompletionKind } from "./options/completion-values.ts";
import { resolveEntries } from "./resolve.ts";
import type { ExitCode, Io, ProcessIo } from "./terminal/io.ts";

/** What the words of a command are. */
const wordsOf: Readonly<Record<string, CompletionKind>> = {
  "exp apply": "experiments",
  "exp branch": "experiments",
  "exp compare": "experiments",
  "exp curve": "experiments",
  "exp diff": "experiments",
  "exp logs": "experiments",
  "exp note": "experiments",
  "exp push": "experiments",
  "exp remove": "experiments",
  "exp rename": "experiments",
  "exp show": "experiments",
  "exp run": "stages",
  "exp star": "experiments",
  "exp tag": "experiments",
  "queue kill": "tasks",
  "queue logs": "logged",
  "queue move": "tasks",
  "queue remove": "tasks",
  "queue retry": "tasks",
  "sweep show": "sweeps",
  compose: "overrides",
  dag: "stages",
  expand: "overrides",
  freeze: "stages",
  "matrix plan": "overrides",
  repro: "stages",
  status: "stages",
  sweep: "overrides",
  unfreeze: "stages",
};

/** Words that are the same everywhere. */
const fixedWords: Readonly<Record<string, readonly string[]>> = { completion: ["bash", "zsh", "fish"] };

/** Only the first word is a name; what follows is text, tags, a new name. */
const namedOnce: ReadonlySet<string> = new Set(["exp note", "exp rename", "exp tag"]);

/** Options whose value is a list with commas. */
const listOptions: ReadonlySet<string> = new Set(["--columns", "--fold", "--group-by"]);

/** What the value of an option is, by its long name, whichever command has it. */
const valuesOfOption: Readonly<Record<string, CompletionKind>> = {
  "--best": "metrics",
  "--columns": "columns",
  "--curve": "metrics",
  "--drop": "columns",
  "--fold": "columns",
  "--group-by": "columns",
  "--keep": "columns",
  "--metric": "metrics",
  "--set-param": "overrides",
  "--sort-by": "columns",
  "--sweep": "sweeps",
  "--target": "stages",
  "--where": "columns",
};

interface Asked {
  /** The words before, without `sweepline`. */
  readonly words: readonly string[];
  readonly current: string;
  /** How much of the current word the shell takes for a word of its own: bash parts at = and : */
  readonly cut: number;
}

/** Of a line as it is typed: quotes keep blanks, a backslash keeps what follows. */
function lineWords(line: string): readonly string[] {
  const words = line.match(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?)+/g) ?? [];
  const bare = words.map((word) => word.replace(/\\([\s\S])|["']/g, (_whole, kept: string | undefined) => kept ?? ""));
  return /\s$/.test(line) || line === "" ? [...bare, ""] : bare;
}

function askedBy([shell = "", ...rest]: readonly string[]): Asked {
  const all = shell === "bash" ? lineWords(rest[0] ?? "").slice(1) : rest;
  const current = all.at(-1) ?? "";
  const cut = shell === "bash" ? Math.max(current.lastIndexOf("="), current.lastIndexOf(":")) + 1 : 0;
  return { words: all.slice(0, -1), current, cut };
}

function isShown(option: Option): boolean {
  return !option.hidden;
}

function optionBefore(options: readonly Option[], words: readonly string[]): Option | undefined {
  const before = words.at(-1);
  const option = options.find(({ short, long }) => before === short || before === long);
  return option?.required ? option : undefined;
}

async function optionsOf(entry: CatalogEntry | undefined, io: Io): Promise<readonly Option[]> {
  if (entry?.load === undefined) return [];
  const { command } = await entry.load();
  return command(io, () => undefined).options.filter(isShown);
}

async function valuesFor(
  kind: CompletionKind | undefined,
  { words: before, current }: Asked,
  io: Io,
): Promise<readonly string[]> {
  if (kind === undefined) return [];
  const { completionValues } = await import("./options/completion-values.ts");
  return completionValues(kind, { io, project: openProject(io.cwd), current, before });
}

/** The value of an option; behind a comma the next name of a list, none twice. */
async function optionValues(option: Option, asked: Asked, io: Io): Promise<readonly string[]> {
  if (option.argChoices !== undefined) return option.argChoices;
  const { long = "" } = option;
  const values = await valuesFor(valuesOfOption[long], asked, io);
  const before = listOptions.has(long) ? asked.current.slice(0, asked.current.lastIndexOf(",") + 1) : "";
  if (before === "") return values;
  const named = new Set(before.split(","));
  return values.filter((value) => !named.has(value)).map((value) => before + value);
}

/** The words of a command, as far as they are the same everywhere or the project's. */
async function commandWordsAt(name: string, rest: readonly string[], { asked, io }: { asked: Asked; io: Io }) {
  if (namedOnce.has(name) && rest.some((word) => !word.startsWith("-"))) return [];
  return fixedWords[name] ?? (await valuesFor(wordsOf[name], asked, io));
}

/** Where the command will run: --cd stands before its name. */
function folderOf(words: readonly string[], { cwd }: Io): string {
  return words.reduce((folder, word, at) => (words[at - 1] === "--cd" ? path.resolve(folder, word) : folder), cwd);
}

async function candidates(asked: Asked, io: Io): Promise<readonly string[]> {
  const { words, current } = asked;
  const chosen = resolveEntries(words);
  const entry = chosen.at(-1);
  const name = chosen.map((each) => each.name).join(" ");
  const isNext = words.length === chosen.length;
  const level = isNext ? (entry === undefined ? catalog : (entry.commands ?? [])) : [];
  const commands = level.filter(({ hidden }) => hidden !== true).map((each) => each.name);
  if (entry?.load === undefined) return current.startsWith("-") ? ["--help", "--version", "--cd"] : commands;
  const mayBeOption = current.startsWith("-") || (words.at(-1)?.startsWith("-") ?? false);
  const options = mayBeOption ? await optionsOf(entry, io) : [];
  const option = optionBefore(options, words);
  if (option !== undefined) return optionValues(option, asked, io);
  if (current.startsWith("-")) return [...options.flatMap(({ long }) => long ?? []), "--help"];
  const rest = words.slice(words.lastIndexOf(entry.name) + 1);
  return [...commands, ...(await commandWordsAt(name, rest, { asked, io }))];
}

/** One candidate a line: of the shell's own, and of names only those that stand in one line as they are. Nothing is an error. */
export async function completeWords([, ...args]: readonly string[], given: ProcessIo): Promise<ExitCode> {
  const asked = askedBy(args);
  try {
    const io = { ...given, cwd: currentFolder() };
    const found = await candidates(asked, { ...io, cwd: folderOf(asked.words, io) });
    const fitting = [...new Set(found)].filter((each) => each.startsWith(asked.current) && each === visible(each));
    io.stdout.write(fitting.map((each) => `${each.slice(asked.cut)}\n`).join(""));
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
  }
  return exitCodes.ok;
}
