/** What a run in the workspace goes on from: the checkpoint that lies there, or the experiment that it names. */
import type { ObjectId } from "../../git/ids.ts";
import { readCommit } from "../../git/objects.ts";
import { listRefs } from "../../git/refs.ts";
import { resolveCommit } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { parseFacts } from "../record.ts";
import { appliedRef, type ExperimentsContext, experimentRef, parseExperimentRef } from "../repository.ts";
import type { ChainTip } from "./chain.ts";

export interface Origin {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  /** An experiment whose chain holds it. */
  readonly name: string;
  readonly baseline: ObjectId;
  /** "tip": it is the last checkpoint, which the experiment can go on after. */
  readonly place: "tip" | "within";
  /** What the run that made it depended on; undefined for one of DVC. */
  readonly identity: string | undefined;
  /** "partial": it is the last one of a run that was not done. */
  readonly run: "done" | "partial";
  /** Where its own chain begins with checkpoints of other runs. */
  readonly branchedFrom: ObjectId | undefined;
}

/** The experiment of that name as it is continued. */
export function tipOf({ name, commit, tree }: Origin): ChainTip {
  return { name, commit, tree };
}

interface Holder {
  readonly name: string;
  readonly baseline: ObjectId;
  readonly place: Origin["place"];
}

/** The experiments whose chains hold the commit; the one that ends with it first. */
async function holdersOf(context: ExperimentsContext, commit: ObjectId, prefix: string): Promise<readonly Holder[]> {
  const { exitCode, stdout } = await tryGit(
    ["for-each-ref", "--format=%(objectname) %(refname)", "--contains", commit, prefix],
    { cwd: context.repository.workTree },
  );
  if (exitCode !== 0) return [];
  const holders = stdout
    .toString()
    .split("\n")
    .flatMap((line): Holder[] => {
      const [id, ref = ""] = line.split(" ", 2);
      const parts = parseExperimentRef(ref);
      // A commit of a branch is in all of them.
      if (parts === undefined || parts.baseline === commit) return [];
      return [{ ...parts, place: id === commit ? "tip" : "within" }];
    });
  return holders.sort((a, b) => Number(a.place === "within") - Number(b.place === "within"));
}

async function originAt(context: ExperimentsContext, commit: ObjectId, holder: Holder): Promise<Origin | undefined> {
  const parsed = await readCommit(context.repository, commit);
  if (parsed === undefined) return undefined;
  const facts = parseFacts(parsed);
  const run = facts?.partial ? "partial" : "done";
  return { commit, tree: parsed.tree, ...holder, identity: facts?.identity, run, branchedFrom: facts?.branchedFrom };
}

/** A commit of an experiment's chain, its baseline excluded; undefined where it is none. */
export async function findOrigin(
  context: ExperimentsContext,
  commit: ObjectId,
  prefix = "refs/exps",
): Promise<Origin | undefined> {
  const [holder] = await holdersOf(context, commit, prefix);
  if (holder === undefined) return undefined;
  // What the baseline itself derives from is no checkpoint.
  const { exitCode } = await tryGit(["merge-base", "--is-ancestor", commit, holder.baseline], {
    cwd: context.repository.workTree,
  });
  return exitCode === 0 ? undefined : originAt(context, commit, holder);
}

/** The experiment of HEAD that is named, or the one that was run or applied here last. */
export async function workspaceOrigin(
  context: ExperimentsContext,
  { baseline, name }: { readonly baseline: ObjectId; readonly name: string | undefined },
): Promise<Origin | undefined> {
  const prefix = experimentRef(baseline, "").slice(0, -1);
  if (name !== undefined) {
    const ref = experimentRef(baseline, name);
    const named = (await listRefs(context.repository, [ref])).find((item) => item.name === ref);
    if (named !== undefined) return originAt(context, named.id, { name, baseline, place: "tip" });
  }
  const applied = await resolveCommit(context.repository, appliedRef);
  return applied === undefined ? undefined : findOrigin(context, applied, prefix);
}
