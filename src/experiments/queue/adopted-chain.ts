/**
 * Checkpoints that another clone made of the same point, for an entry here that goes on from them. What came is a stranger's: of its
 * files only lock files and outputs are taken, and laid over the entry's own. Code and parameters stay those of the entry.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { relativePosix } from "../../base/paths.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { listPaths } from "../../git/list-tree.ts";
import { type FileInTree, parseCommit, TreeEditor, writeCommit } from "../../git/objects.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { lockFileOf } from "../../pipeline/paths.ts";
import type { Stage } from "../../pipeline/types.ts";
import { folderInGit } from "../../project/in-git.ts";
import { type ChainTip, findChain } from "../checkpoints/chain.ts";
import { chainsOf } from "../checkpoints/older.ts";
import { lostAt } from "../checkpoints/outputs.ts";
import { openReading, openTrees } from "../reading/load-revisions.ts";
import { checkpointMark, factsHeader } from "../record.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import type { QueueEntry } from "./entries.ts";

export type Adoption =
  /** The entry goes on from that commit, which stands for the checkpoint here. */
  | { readonly kind: "adopted"; readonly commit: ObjectId }
  /** What the entry has of its own is longer. */
  | { readonly kind: "own"; readonly commit: ObjectId }
  | { readonly kind: "refused"; readonly why: string };

/** The stages as the entry's own files define them. Throws what keeps these from being read. */
async function stagesOf(context: ExperimentsContext, { tree }: QueueEntry): Promise<readonly Stage[]> {
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" });
  try {
    const opened = (await openTrees([tree], reading)).get(tree);
    if (opened instanceof SweeplineError) throw opened;
    return opened?.reading.stages ?? [];
  } finally {
    reading.close();
  }
}

/** Paths in Git of all that stages write there: lock files, and outputs that are not in the cache. */
function writtenPaths({ project }: ExperimentsContext, stages: readonly Stage[]): readonly string[] {
  const inside = folderInGit(project);
  const written = stages.flatMap((stage) => [
    lockFileOf(stage.file),
    ...stage.outs
      .filter(({ cache }) => !cache)
      .map((output) => relativePosix(project.root, path.resolve(stage.workingFolder, output.path))),
  ]);
  return [...new Set(written)]
    .filter((name) => name !== "" && !name.startsWith("../"))
    .map((name) => path.posix.join(inside, name));
}

const filePattern = /^(100644|100755) blob ([0-9a-f]{40,64})\t(.+)$/s;

/** Plain files alone: a link would lead somewhere. */
async function filesAt(context: ExperimentsContext, commit: ObjectId, names: readonly string[]): Promise<FileInTree[]> {
  const listed = await listPaths({ cwd: context.repository.workTree }, commit, names);
  return listed
    .toString()
    .split("\0")
    .flatMap((row): FileInTree[] => {
      const [, mode, id, name] = filePattern.exec(row) ?? [];
      if (mode === undefined || id === undefined || name === undefined) return [];
      return [{ path: name, mode: mode === "100755" ? mode : "100644", id: id as ObjectId }];
    });
}

/** The checkpoint's outputs on the entry's files, with what the entry says of itself, after the checkpoints before it. */
async function rewritten(
  context: ExperimentsContext,
  { entry, stages, tip }: { readonly entry: QueueEntry; readonly stages: readonly Stage[]; readonly tip: ObjectId },
): Promise<ObjectId | undefined> {
  const { repository } = context;
  const objects = new CatFile(repository);
  try {
    const object = await objects.read(tip);
    if (object?.type !== "commit") return undefined;
    const { parents, headers, message } = parseCommit(object.content);
    const names = writtenPaths(context, stages);
    const files = names.length === 0 ? [] : await filesAt(context, tip, names);
    return writeCommit(repository, {
      tree: await new TreeEditor(repository, objects).treeWith(entry.tree, files),
      parents,
      author: headers.get("author") ?? "",
      extraHeaders: factsHeader({ ...entry.record, checkpointOf: checkpointMark(entry) }),
      message,
    });
  } finally {
    objects.close();
  }
}

async function isLonger(context: ExperimentsContext, baseline: ObjectId, chain: readonly [ObjectId, ObjectId]) {
  const ends = chain.map((commit) => ({ commit, baseline }));
  const older = await chainsOf(context.repository, ends);
  const [ours = 0, theirs = 0] = ends.map((end) => older.get(end)?.length);
  return theirs > ours;
}

/**
 * Makes a checkpoint whose commit and data are here the last one of an entry's chain, unless the entry has a longer chain of its own.
 * A longer one takes the place of what the entry has. Errors: those of files that can't be read, REFS_REFUSED.
 */
export async function adoptChain(context: ExperimentsContext, entry: QueueEntry, tip: ObjectId): Promise<Adoption> {
  const own: ChainTip | undefined = await findChain(context.repository, entry, checkpointMark(entry));
  if (own !== undefined && !(await isLonger(context, entry.baseline, [own.commit, tip])))
    return { kind: "own", commit: own.commit };
  const stages = await stagesOf(context, entry);
  const lost = await lostAt(context, tip, stages);
  if (lost !== undefined) return { kind: "refused", why: lost };
  const commit = await rewritten(context, { entry, stages, tip });
  if (commit === undefined) return { kind: "refused", why: "it is no commit" };
  const change: RefChange =
    own === undefined
      ? { kind: "create", ref: experimentRef(entry.baseline, entry.name), to: commit }
      : { kind: "update", ref: experimentRef(entry.baseline, own.name), from: own.commit, to: commit };
  await changeRefs(context.repository, "sweepline: checkpoint adopted", [change]);
  return { kind: "adopted", commit };
}
