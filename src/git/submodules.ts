import type { ObjectId } from "./ids.ts";
import { type GitOptions, git } from "./run.ts";

export interface Submodule {
  /** From the top of the work tree, "/" as separator. */
  readonly path: string;
  readonly commit: ObjectId;
}

const submoduleMode = Buffer.from([0, 0, 0xe0, 0]);

/** Whether an index may hold a submodule (mode 160000), by a look at its bytes: "no" is certain. */
export function mayHoldSubmodules(index: Buffer | undefined): "no" | "maybe" {
  return index?.includes(submoduleMode) ? "maybe" : "no";
}

/** The submodules of an index. */
export async function listSubmodules(options: GitOptions): Promise<readonly Submodule[]> {
  const listing = await git(["ls-files", "--stage", "-z"], options);
  return listing.split("\0").flatMap((row) => {
    const found = /^160000 ([0-9a-f]+) 0\t(.+)$/s.exec(row);
    return found === null ? [] : [{ commit: found[1] as ObjectId, path: found[2] ?? "" }];
  });
}
