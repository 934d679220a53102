/** Which files differ between two commits, and how: what `git diff` says of them, without programs that a repository may name for it. */
import { visibleText } from "../../base/text/visible.ts";
import type { ObjectId } from "../../git/ids.ts";
import { tryGit } from "../../git/run.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface FileChange {
  readonly file: string;
  /** Lines; null for what is no text. */
  readonly added: number | null;
  readonly removed: number | null;
}

export interface FileChanges {
  readonly files: readonly FileChange[];
  /** Safe to be shown. */
  readonly patch: string;
  /** "cut": there is more. */
  readonly extent: "whole" | "cut";
}

const mostBytes = 256 * 1024;

const plainly = ["--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--ignore-submodules=none"];

function lines(text: string | undefined): number | null {
  return text === undefined || text === "-" ? null : Number(text);
}

/** Nothing where a commit is not in this clone. */
export async function fileChanges(
  { repository }: ExperimentsContext,
  from: ObjectId,
  to: ObjectId,
): Promise<FileChanges> {
  const ask = (form: readonly string[]) =>
    tryGit(["diff", ...plainly, ...form, from, to, "--"], { cwd: repository.workTree, most: mostBytes });
  const [numbers, patch] = await Promise.all([ask(["--numstat", "-z"]), ask(["--patch"])]);
  const records = numbers.stdout.toString().split("\0");
  // What was cut off in the middle is no record.
  const whole = numbers.isCut ? records.slice(0, -1) : records;
  const files = whole.flatMap((record): FileChange[] => {
    const [added, removed, ...name] = record.split("\t");
    return name.length === 0 ? [] : [{ file: name.join("\t"), added: lines(added), removed: lines(removed) }];
  });
  return {
    files,
    patch: visibleText(patch.stdout.toString()),
    extent: numbers.isCut || patch.isCut ? "cut" : "whole",
  };
}
