/** Finished experiments: listing, and what a name on the command line means. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { listRefs, type Ref } from "../../git/refs.ts";
import { resolveCommit } from "../../git/repository.ts";
import { findOrigin } from "../checkpoints/origin.ts";
import { type ExperimentsContext, experimentRef, parseExperimentRef } from "../repository.ts";

export interface FinishedExperiment {
  readonly ref: RefName;
  readonly baseline: ObjectId;
  readonly name: string;
  readonly commit: ObjectId;
}

/** All finished experiments, or those of one baseline, sorted by ref. */
export async function listFinished(
  context: ExperimentsContext,
  baseline?: ObjectId,
): Promise<readonly FinishedExperiment[]> {
  const prefix = baseline === undefined ? "refs/exps" : experimentRef(baseline, "").slice(0, -1);
  return (await listRefs(context.repository, [prefix])).flatMap(finishedAt);
}

/** The experiment at a ref; none where it is another kind of ref. */
export function finishedAt({ name, id }: Ref): readonly FinishedExperiment[] {
  const parts = parseExperimentRef(name);
  return parts === undefined ? [] : [{ ref: name, commit: id, ...parts }];
}

/**
 * The experiments that names on the command line mean. A full ref is taken as it is; a name of HEAD's baseline wins
 * over the same name of others; a name of several other baselines is ambiguous (DVC's rule).
 * @returns one outcome per name, in order
 */
export function matchNames(
  finished: readonly FinishedExperiment[],
  names: readonly string[],
  head: ObjectId | undefined,
): readonly (FinishedExperiment | readonly FinishedExperiment[] | undefined)[] {
  const byName = groupByName(finished);
  const byRef = new Map(finished.map((item) => [String(item.ref), item]));
  return names.map((name) => {
    const exact = name.startsWith("refs/") ? byRef.get(name) : undefined;
    if (exact !== undefined) return exact;
    const found = byName.get(name) ?? [];
    if (found.length <= 1) return found[0];
    return found.find((item) => item.baseline === head) ?? found;
  });
}

function groupByName(finished: readonly FinishedExperiment[]): Map<string, FinishedExperiment[]> {
  const groups = new Map<string, FinishedExperiment[]>();
  for (const item of finished) {
    const group = groups.get(item.name);
    if (group === undefined) groups.set(item.name, [item]);
    else group.push(item);
  }
  return groups;
}

export function ambiguousName(name: string, found: readonly Pick<FinishedExperiment, "ref">[]): SweeplineError {
  return new SweeplineError({
    code: "NAME_AMBIGUOUS",
    message: `Ambiguous name '${name}' refers to multiple experiments. Use one of the following full refnames instead:\n\n${found
      .map((item) => `\t${item.ref}`)
      .join("\n")}\n`,
  });
}

/** A commit within the chain of an experiment: that checkpoint of it. */
async function checkpointOf(context: ExperimentsContext, name: string): Promise<FinishedExperiment | undefined> {
  const commit = /^[0-9a-f]{4,64}$/.test(name) ? await resolveCommit(context.repository, name) : undefined;
  const origin = commit === undefined ? undefined : await findOrigin(context, commit);
  return origin && { ...origin, ref: experimentRef(origin.baseline, origin.name) };
}

/** The finished experiment of a name, a full ref or a commit id (whole or shortened). Throws NOT_AN_EXPERIMENT. */
export async function resolveExperiment(context: ExperimentsContext, name: string): Promise<FinishedExperiment> {
  return (await experimentResolver(context))(name);
}

/** As resolveExperiment, for many names: they are listed once. */
export async function experimentResolver(
  context: ExperimentsContext,
): Promise<(name: string) => Promise<FinishedExperiment>> {
  const [finished, head] = await Promise.all([listFinished(context), resolveCommit(context.repository, "HEAD")]);
  return (name) => resolveAmong(context, { finished, head }, name);
}

interface Known {
  readonly finished: readonly FinishedExperiment[];
  readonly head: ObjectId | undefined;
}

async function resolveAmong(context: ExperimentsContext, known: Known, name: string): Promise<FinishedExperiment> {
  const { finished, head } = known;
  const [found] = matchNames(finished, [name], head);
  if (Array.isArray(found)) throw ambiguousName(name, found);
  if (found !== undefined) return found as FinishedExperiment;
  const byId = /^[0-9a-f]{4,64}$/.test(name) ? finished.filter((item) => item.commit.startsWith(name)) : [];
  if (byId.length > 1) throw ambiguousName(name, byId);
  if (byId[0] !== undefined) return byId[0];
  const within = await checkpointOf(context, name);
  if (within !== undefined) return within;
  throw new SweeplineError({
    code: "NOT_AN_EXPERIMENT",
    message: `'${name}' does not appear to be an experiment`,
    hint: "`sweepline exp list -A` lists their names.",
  });
}
