/** Failures in words: each as it comes, and all of them at the end. Equal ones are told once, with their number. */
import { someOf } from "../../base/text/listing.ts";
import { readableShellWord } from "../../base/text/shell-word.ts";
import { visible } from "../../base/text/visible.ts";
import type { ToldFailure } from "../../experiments/events.ts";
import type { EventOf } from "./lines.ts";

type NamedFailure = EventOf<"summary">["failed"][number];

/** Equal failures have one: what went wrong where, whatever the values in the command were. */
function kindOf({ message, code, stage, exitCode, signal, output }: ToldFailure): string {
  return JSON.stringify(output === undefined ? [message] : [code, stage, exitCode, signal, output]);
}

function reasonText({ message, output }: ToldFailure): string {
  return visible(output === undefined ? message : `${message}: ${output}`);
}

function failureText(name: string, failure: ToldFailure): string {
  return `${visible(name)}: ${reasonText(failure)} (log: ${visible(failure.log)})`;
}

/** What is said of each failure when it comes. */
export class FailureNews {
  /** The first experiment of each kind. */
  readonly #first = new Map<string, string>();

  text({ experiment: { name }, ...failure }: EventOf<"failed">): string {
    const kind = kindOf(failure);
    const first = this.#first.get(kind);
    if (first !== undefined) return `${visible(name)}: as ${visible(first)}`;
    this.#first.set(kind, name);
    return failureText(name, failure);
  }
}

export interface FailureLines {
  readonly text: string;
  /** "known": it was told in these words when it came. */
  readonly news: "known" | "new";
  /** Below it. */
  readonly more: readonly string[];
}

const mostNames = 10;

function linesOf(group: readonly NamedFailure[], first: NamedFailure): FailureLines {
  if (group.length === 1) return { text: failureText(first.name, first), news: "known", more: [] };
  const names = someOf(
    group.map(({ name }) => visible(name)),
    mostNames,
  );
  return { text: `${group.length} failed alike: ${reasonText(first)}`, news: "new", more: [`  ${names}`] };
}

/** The end of a run that had failures: one a kind, what to do about each, and at last how to see more. */
export function failureLines({ failed }: EventOf<"summary">): readonly FailureLines[] {
  const groups = new Map<string, NamedFailure[]>();
  for (const failure of failed) {
    const kind = kindOf(failure);
    groups.set(kind, [...(groups.get(kind) ?? []), failure]);
  }
  const hints = new Set<string>();
  const told = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const lines = linesOf(group, first);
    const hint = group.find((failure) => failure.hint !== undefined)?.hint;
    if (hint === undefined || hints.has(hint)) return [lines];
    hints.add(hint);
    return [{ ...lines, more: [...lines.more, `HINT: ${visible(hint)}`] }];
  });
  return withLogs(told, failed.find(({ code }) => code === "STAGE_FAILED")?.name);
}

function withLogs(told: readonly FailureLines[], name: string | undefined): readonly FailureLines[] {
  const last = told.at(-1);
  if (last === undefined || name === undefined) return told;
  const hint = `HINT: ${visible(`\`sweepline exp logs ${readableShellWord(name)}\` shows all that it printed.`)}`;
  return [...told.slice(0, -1), { ...last, more: [...last.more, hint] }];
}
