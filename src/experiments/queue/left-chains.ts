/**
 * The checkpoints of entries that go before they are done. They stay, as an experiment of that name, but the point has not been run
 * by them: without the entry that says so, the last commit has to.
 */
import { listRefs, type RefChange } from "../../git/refs.ts";
import { findChain, runNamesOf } from "../checkpoints/chain.ts";
import { asPartial } from "../checkpoints/rewritten.ts";
import { checkpointMark } from "../record.ts";
import { type ExperimentsContext, experimentRef, parseExperimentRef } from "../repository.ts";
import type { QueueEntry } from "./entries.ts";

export interface LeftChain {
  readonly name: string;
  /** To be made together with the removal of the entry. */
  readonly change: RefChange;
}

/** Writes the last commits anew; the refs are the caller's to change. */
export async function leftChains(
  context: ExperimentsContext,
  entries: readonly QueueEntry[],
): Promise<readonly LeftChain[]> {
  if (entries.length === 0) return [];
  const { repository } = context;
  const refs = await listRefs(repository, ["refs/exps"]);
  const finished = refs.flatMap(({ name }) => parseExperimentRef(name) ?? []);
  const places = new Set(finished.flatMap(({ baseline, name }) => runNamesOf(name).map((at) => `${baseline} ${at}`)));
  const left: LeftChain[] = [];
  for (const entry of entries) {
    if (!places.has(`${entry.baseline} ${entry.name}`)) continue;
    const tip = await findChain(repository, entry, checkpointMark(entry));
    const to = tip && (await asPartial(repository, tip.commit));
    if (tip === undefined || to === undefined) continue;
    const ref = experimentRef(entry.baseline, tip.name);
    left.push({ name: tip.name, change: { kind: "update", ref, from: tip.commit, to } });
  }
  return left;
}
