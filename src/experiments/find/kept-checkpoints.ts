/** Which checkpoints of an experiment stay when it is done: the chain is written anew without the others. */
import { visible } from "../../base/text/visible.ts";
import { finiteNumber } from "../../base/value.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit, writeCommit } from "../../git/objects.ts";
import { type ChainEnds, chainsOf } from "../checkpoints/older.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type CoursePoint, readCoursePoints } from "../show/course.ts";
import { knownDirection } from "./direction.ts";

function numberOf({ metrics }: CoursePoint, metric: string): number | undefined {
  return finiteNumber(metrics.get(metric));
}

/** The best by a metric, the first of equal ones; undefined where none has a number there. Less is better where its name tells. */
async function bestOf(context: ExperimentsContext, chain: readonly ObjectId[], metric: string) {
  const sign = knownDirection(metric) === "max" ? -1 : 1;
  let best: { readonly rev: ObjectId; readonly value: number } | undefined;
  for (const point of await readCoursePoints(context, chain)) {
    const value = numberOf(point, metric);
    if (value !== undefined && (best === undefined || sign * (value - best.value) < 0))
      best = { rev: point.rev, value };
  }
  return best?.rev;
}

interface Chosen {
  readonly kept: readonly ObjectId[];
  /** What kept the rule from being followed. */
  readonly warning?: string;
}

/** @param rule `3`: the last three; `best:loss`: the best by that metric, and the last */
async function chosen(context: ExperimentsContext, chain: readonly ObjectId[], rule: string): Promise<Chosen> {
  const [, metric] = /^best:(.+)$/.exec(rule) ?? [];
  if (metric === undefined) return { kept: chain.slice(-Number(rule)) };
  const best = await bestOf(context, chain, metric);
  if (best !== undefined) return { kept: chain.filter((commit) => commit === best || commit === chain.at(-1)) };
  // Nobody knows which to drop.
  return { kept: chain, warning: `no checkpoint has a number called '${visible(metric)}': all of them stay` };
}

/** The same commits, each after the one before it that stays. Their own headers and times stay, so do their trees. */
async function rewritten(
  { repository }: ExperimentsContext,
  kept: readonly ObjectId[],
  baseline: ObjectId,
): Promise<ObjectId> {
  const catFile = new CatFile(repository);
  try {
    let parent = baseline;
    for (const [at, object] of (await catFile.readAll(kept)).entries()) {
      const id = kept[at];
      if (id === undefined || object === undefined) continue;
      const { tree, parents, headers, message } = parseCommit(object.content);
      const extra = headers.get("sweepline");
      const extraHeaders = extra === undefined ? {} : { extraHeaders: { sweepline: extra } };
      const author = headers.get("author") ?? "";
      const isThere = parents.length === 1 && parents[0] === parent;
      parent = isThere ? id : writeCommit(repository, { tree, parents: [parent], author, ...extraHeaders, message });
    }
    return parent;
  } finally {
    catFile.close();
  }
}

export interface KeptTip extends Pick<Chosen, "warning"> {
  readonly commit: ObjectId;
}

/** The tip of the chain with the checkpoints that are to stay; that of the whole chain where all are. */
export async function keptTip(context: ExperimentsContext, ends: ChainEnds, rule: string): Promise<KeptTip> {
  const { commit, baseline } = ends;
  const older = rule === "all" ? undefined : (await chainsOf(context.repository, [ends])).get(ends);
  if (older === undefined || older.length === 0) return { commit };
  const chain = [commit, ...older].reverse();
  const { kept, ...told } = await chosen(context, chain, rule);
  return kept.length === chain.length ? { ...told, commit } : { commit: await rewritten(context, kept, baseline) };
}
