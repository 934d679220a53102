/** The commands that a file's tests ran, to be shown beside a failure: `expected [] to deeply equal [...]` alone tells nothing. */
import { stripVTControlCharacters } from "node:util";

/** A command as it stands at the moment it is asked for: it may still run. */
export interface JournalEntry {
  readonly words: string;
  readonly status: () => string;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

interface Written extends JournalEntry {
  /** The tests that ran when it started: one, or several where they run at once; none in a hook of the file. */
  readonly tests: ReadonlySet<string>;
}

const shownCommands = 12;
const shownLines = 40;
const shownCharacters = 4000;
/** More than are ever shown of one test; a test of a thousand commands must not keep all of their outputs. */
const keptCommands = 100;

const entries: Written[] = [];
const running = new Set<string>();

export function journalCommand(entry: JournalEntry): void {
  entries.push({ ...entry, tests: new Set(running) });
  if (entries.length > keptCommands) entries.shift();
}

/** From now on commands belong to that test, by its id, until `testEnds`. */
export function testStarts(test: string): void {
  running.add(test);
}

export function testEnds(test: string): void {
  running.delete(test);
}

export function forgetCommands(): void {
  entries.length = 0;
}

/** The last lines of an output, indented; how much is left out is said. */
function lastOf(text: string): string {
  const lines = stripVTControlCharacters(text.slice(-shownCharacters)).replace(/\n$/, "").split("\n");
  const shown = lines.slice(-shownLines);
  const hidden = text.length - shown.join("\n").length;
  const first = hidden > 1 ? [`(${hidden} characters before)`] : [];
  return [...first, ...shown].map((line) => `    ${line}`).join("\n");
}

function describe(entry: JournalEntry): string {
  const outputs = [
    ["stdout", entry.stdout()],
    ["stderr", entry.stderr()],
  ] as const;
  const parts = outputs.filter(([, text]) => text !== "").map(([name, text]) => `\n  ${name}:\n${lastOf(text)}`);
  return `$ ${entry.words}\n  ${entry.status()}${parts.join("")}`;
}

/** The commands of that test, and of the file's hooks, with status and both outputs; "" where there was none. */
export function describeCommands(test: string): string {
  const own = entries.filter(({ tests }) => tests.size === 0 || tests.has(test));
  if (own.length === 0) return "";
  const hidden = own.length - shownCommands;
  const title = hidden > 0 ? `The last ${shownCommands} of ${own.length} commands:` : "Commands:";
  return [title, ...own.slice(-shownCommands).map(describe)].join("\n");
}
