/**
 * Whether an experiment that DVC made ran the whole pipeline. Its commit does not say which targets it had, but the lock file
 * shows it: after a whole run every stage is locked, with the parameters of the tree and the outputs of the stages before it.
 */
import type { Value } from "../../base/value.ts";
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { selectParams } from "../../params/select.ts";
import { lockedEntry, parseLock } from "../../pipeline/lock/file.ts";
import type { LockEntry } from "../../pipeline/types.ts";
import type { CanonicalJson } from "./canonical-json.ts";

/** A stage of the pipeline at the project's root. */
export interface WholeRunStage {
  readonly name: string;
  readonly params: readonly {
    /** As the lock file names it. */
    readonly file: string;
    /** From the top of the work tree. */
    readonly inGit: string;
    readonly keys: readonly string[] | null;
  }[];
  /** From the top of the work tree: what a path in the lock entry means. */
  inGit(path: string): string;
}

export interface WholeRun {
  /** From the top of the work tree. */
  readonly lockFile: string;
  readonly stages: readonly WholeRunStage[];
}

export interface RanTree {
  readonly commit: ObjectId;
  /** Its parameter files, by path from the top of the work tree. */
  readonly params: ReadonlyMap<string, Value>;
}

export async function ranWhole(
  { lockFile, stages }: WholeRun,
  { commit, params }: RanTree,
  reading: { readonly catFile: CatFile; readonly canonical: CanonicalJson },
): Promise<boolean> {
  if (stages.length === 0) return true;
  const object = await reading.catFile.read(`${commit}:${lockFile}`);
  const read = object === undefined ? undefined : await parseLock(object.content, lockFile);
  if (read?.kind !== "ok") return false;
  const ran = stages.flatMap((stage) => {
    const entry = lockedEntry(read.lock, stage.name);
    return entry === undefined ? [] : [{ stage, entry }];
  });
  const made = new Map(ran.flatMap(({ stage, entry }) => entry.outs.map((out) => [stage.inGit(out.path), out.md5])));
  return (
    ran.length === stages.length &&
    ran.every(
      ({ stage, entry }) =>
        entry.deps.every((dep) => (made.get(stage.inGit(dep.path)) ?? dep.md5) === dep.md5) &&
        hasParams(stage, { entry, params, canonical: reading.canonical }),
    )
  );
}

function hasParams(
  stage: WholeRunStage,
  tree: Pick<RanTree, "params"> & { readonly entry: LockEntry; readonly canonical: CanonicalJson },
): boolean {
  return stage.params.every(({ file, inGit, keys }) => {
    const locked = tree.entry.params.get(file);
    const now = selectParams(tree.params.get(inGit) ?? null, keys);
    return [...now].every(([key, value]) => {
      const before = locked?.get(key);
      return value !== undefined && before !== undefined && tree.canonical.of(value) === tree.canonical.of(before);
    });
  });
}
