import path from "node:path";
import { readIfExists } from "../base/files.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { type GitOptions, git } from "./run.ts";

export interface Submodule {
  /** From the top of the work tree, "/" as separator. */
  readonly path: string;
  readonly commit: ObjectId;
}

/** The last two of the four bytes of mode 160000; the first two are zeros, which an index is full of. */
const endOfMode = Buffer.from([0xe0, 0]);

/** Whether an index may hold a submodule, by a look at its bytes: "no" is certain. */
export function mayHoldSubmodules(index: Buffer | undefined): "no" | "maybe" {
  if (index === undefined) return "no";
  for (let at = index.indexOf(endOfMode); at >= 0; at = index.indexOf(endOfMode, at + 1))
    if (at >= 2 && index[at - 1] === 0 && index[at - 2] === 0) return "maybe";
  return "no";
}

/** Submodules of a work tree that hold changes which are not committed there, or a commit that is not staged. */
export async function changedSubmodules({ workTree, gitDir }: Repository): Promise<readonly string[]> {
  if (mayHoldSubmodules(readIfExists(path.join(gitDir, "index"))) === "no") return [];
  const args = [
    "--no-optional-locks",
    "status",
    "--porcelain=v2",
    "-z",
    "--untracked-files=no",
    "--ignore-submodules=none",
  ];
  const rows = (await git(args, { cwd: workTree })).split("\0");
  return rows.flatMap((row) => /^1 .. S.(?:M.|.U) (?:\S+ ){5}(.*)$/s.exec(row)?.[1] ?? []);
}

/** The submodules of an index. */
export async function listSubmodules(options: GitOptions): Promise<readonly Submodule[]> {
  const listing = await git(["ls-files", "--stage", "-z"], options);
  return listing.split("\0").flatMap((row) => {
    const found = /^160000 ([0-9a-f]+) 0\t(.+)$/s.exec(row);
    return found === null ? [] : [{ commit: found[1] as ObjectId, path: found[2] ?? "" }];
  });
}
