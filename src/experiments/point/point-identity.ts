import path from "node:path";
import type { Value } from "../../base/value.ts";
import { CatFile } from "../../git/catfile.ts";
import { git } from "../../git/run.ts";
import type { Snapshot } from "../../git/snapshot.ts";
import type { KeptOptions } from "../../pipeline/run-options.ts";
import type { Point } from "../../sweep/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { CanonicalJson } from "./canonical-json.ts";
import { copiedPathsHash } from "./copied-paths.ts";
import { filesHash, type IdentityScope, identityOf } from "./identity.ts";
import type { OpenedParamFile } from "./param-edits.ts";
import { paramsInTree } from "./params-in-tree.ts";

export interface PointIdentityInputs {
  readonly snapshot: Snapshot;
  readonly files: readonly OpenedParamFile[];
  readonly scope: IdentityScope;
  /** Files of --copy-paths, from the top of the work tree. */
  readonly copied: readonly string[];
  /** The folder of the command, relative to the project's root: targets start there, and without one its dvc.yaml is run. */
  readonly folder: string;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
}

/** Tells the identities of points that derive from one snapshot: what they share is read and hashed once. */
export async function pointIdentifier(
  context: ExperimentsContext,
  { snapshot, files, scope, copied, folder, flags, ...rest }: PointIdentityInputs,
): Promise<(point: Point) => string> {
  const { workTree } = context.repository;
  const listing = await git(["ls-tree", "-r", "-z", "--full-tree", snapshot.workTree], { cwd: workTree });
  const catFile = new CatFile(context.repository);
  const base = await paramsInTree(catFile, snapshot.workTree, scope.paramFiles).finally(() => catFile.close());
  const canonical = new CanonicalJson();
  const targets = targetsFromRoot(folder, rest.targets);
  const shared = {
    filesHash: filesHash(listing, scope),
    targets,
    flags,
    copiedPaths: await copiedPathsHash(workTree, copied),
  };
  return (point) => {
    const edited = files.map((file) => [file.inGit, file.valueAt(point)] as const);
    return identityOf({ ...shared, params: new Map<string, Value>([...base, ...edited]) }, canonical);
  };
}

/** The same targets, whatever folder they are named from; none for the whole pipeline of the root. */
function targetsFromRoot(folder: string, targets: readonly string[]): readonly string[] {
  if (folder === "") return targets;
  return (targets.length === 0 ? ["dvc.yaml"] : targets).map((target) => path.posix.join(folder, target));
}
