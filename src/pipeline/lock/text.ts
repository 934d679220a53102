/** A lock file's text cut into stages, so that reading and writing one stage leaves the bytes of the others alone. */
import { scanYaml } from "../../yaml/scan.ts";

export interface StageText {
  readonly name: string;
  /** With its name's line, newline at the end. */
  readonly text: string;
}

export interface LockText {
  /** Everything up to `stages:`, that line included. */
  readonly head: string;
  readonly stages: readonly StageText[];
  /** What follows the stages at the top level. */
  readonly tail: string;
}

/**
 * U+2028 and U+2029 end a line for DVC's YAML: it writes the indentation behind them, in the midst of a quoted text, and
 * does not read it back.
 */
export function withoutInnerIndentation(text: string): string {
  return /[\u2028\u2029] /.test(text) ? text.replace(/([\u2028\u2029]) +/g, "$1") : text;
}

const nameLine = /^ {2}('(?:[^']|'')*'|[^\s'"[{&*!|>%@`#,?-](?:[^:#]|:(?=\S)|(?<=\S)#)*?):$/;

function stageName(line: string): string | undefined {
  const match = nameLine.exec(line);
  if (match === null) return undefined;
  const value = scanYaml(`- ${match[1]}`);
  const name = Array.isArray(value) ? value[0] : undefined;
  return typeof name === "string" ? name : undefined;
}

interface Cut {
  readonly stages: StageText[];
  readonly seen: Set<string>;
  name: string;
  from: number;
}

/** Ends the stage that began before; false where its name came before. */
function endStage(cut: Cut, text: string, end: number): boolean {
  if (cut.name === "") return true;
  if (cut.seen.has(cut.name)) return false;
  cut.seen.add(cut.name);
  cut.stages.push({ name: cut.name, text: text.slice(cut.from, end) });
  cut.name = "";
  return true;
}

/**
 * Cuts a lock file whose lines are as DVC writes them; undefined where any line is not (then a whole YAML parser has to
 * read the file, and writing it makes it anew).
 */
export function cutLock(text: string): LockText | undefined {
  const marker = "stages:\n";
  const at = text.startsWith(marker) ? 0 : text.indexOf(`\n${marker}`) + 1;
  if (at === 0 && !text.startsWith(marker)) return undefined;
  if (!text.endsWith("\n") || text.includes("\r")) return undefined;
  const start = at + marker.length;
  const cut: Cut = { stages: [], seen: new Set(), name: "", from: start };
  let position = start;
  while (position < text.length) {
    const newline = text.indexOf("\n", position);
    const isDeep = text.startsWith("    ", position);
    if (!isDeep) {
      if (!endStage(cut, text, position)) return undefined;
      if (text[position] !== " ") break;
      const name = stageName(text.slice(position, newline));
      if (name === undefined) return undefined;
      cut.name = name;
      cut.from = position;
    } else if (cut.name === "") return undefined;
    position = newline + 1;
  }
  if (!endStage(cut, text, position)) return undefined;
  return { head: text.slice(0, start), stages: cut.stages, tail: text.slice(position) };
}
