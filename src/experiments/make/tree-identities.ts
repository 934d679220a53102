/**
 * The identities of experiments that DVC made, worked out from their trees: all of a call through one `cat-file`, and each
 * commit once on this machine, since a commit never says anything else.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { ObjectPool } from "../../git/object-pool.ts";
import { type Memo, openMemo } from "../../store/memo.ts";
import { CanonicalJson } from "../point/canonical-json.ts";
import { type IdentityScope, identityOf } from "../point/identity.ts";
import { paramsInTree } from "../point/params-in-tree.ts";
import { ranWhole } from "../point/ran-whole.ts";
import { TreeHashes } from "../point/tree-hashes.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface OwnedTree {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
}

/** Raised where the same tree gets another identity than before. */
const formatVersion = 1;

/** Commits whose files are held at a time. */
const atOnce = 256;

interface TreeReading {
  readonly catFile: CatFile;
  readonly scope: IdentityScope;
  readonly canonical: CanonicalJson;
  readonly hashes: TreeHashes;
}

/** One a commit, in order; "" for what is no point: a part of the pipeline, a tree without bounds. */
export async function treeIdentities(
  { project }: ExperimentsContext,
  scope: IdentityScope,
  { catFile, trees }: { readonly catFile: CatFile; readonly trees: readonly OwnedTree[] },
): Promise<readonly string[]> {
  if (trees.length === 0) return [];
  const memo = openMemo(path.join(project.tmpDir, "sweepline", "state", "identities"));
  const key = keysIn(scope);
  const hashes = new TreeHashes(new ObjectPool(catFile), scope);
  const reading = { catFile, scope, canonical: new CanonicalJson(), hashes };
  const fresh = trees.filter(({ commit }) => memo.get(key(commit)) === undefined);
  for (let at = 0; at < fresh.length; at += atOnce)
    await remember(fresh.slice(at, at + atOnce), { memo, key, reading });
  memo.flush();
  return trees.map(({ commit }) => memo.get(key(commit))?.toString("latin1") ?? "");
}

async function remember(
  trees: readonly OwnedTree[],
  { memo, key, reading }: { readonly memo: Memo; key(commit: ObjectId): string; readonly reading: TreeReading },
): Promise<void> {
  const identities = await Promise.all(trees.map((tree) => identityOfTree(tree, reading)));
  for (const [at, { commit }] of trees.entries()) memo.set(key(commit), identities[at] ?? "");
}

/** What an identity depends on beside the commit. */
function keysIn({ written, paramFiles, wholeRun }: IdentityScope): (commit: ObjectId) => string {
  const stages = wholeRun.stages.map(({ name, params, inGit }) => [name, params, inGit("")]);
  const facts = [formatVersion, [...written].sort(), [...paramFiles].sort(), wholeRun.lockFile, stages];
  const scope = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  return (commit) => `${scope}${commit}`;
}

async function identityOfTree({ commit, tree }: OwnedTree, reading: TreeReading): Promise<string> {
  const { scope, hashes, canonical, catFile } = reading;
  const params = await paramsInTree(catFile, commit, scope.paramFiles);
  // A part of the pipeline is another point, which only its own targets could name.
  if (!(await ranWhole(scope.wholeRun, { commit, params }, reading))) return "";
  const filesHash = await hashes.of(tree);
  if (filesHash === undefined) return "";
  return identityOf({ filesHash, params, targets: [], flags: {}, copiedPaths: undefined }, canonical);
}
