/** What another repository has of experiments and queued entries, as `git ls-remote` tells it. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { shownRemote } from "../../git/remote.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { parseExperimentRef } from "../repository.ts";
import { parseSharedRef, type SharedRef, sharedPattern } from "../shared-refs.ts";

export interface ListedExperiment {
  readonly baseline: ObjectId;
  readonly name: string;
  readonly commit: ObjectId;
}

/** Experiments by baseline, each in the order given. */
export function byBaseline<T extends { readonly baseline: ObjectId }>(
  experiments: Iterable<T>,
): ReadonlyMap<ObjectId, readonly T[]> {
  const groups = new Map<ObjectId, T[]>();
  for (const experiment of experiments) {
    const group = groups.get(experiment.baseline);
    if (group === undefined) groups.set(experiment.baseline, [experiment]);
    else group.push(experiment);
  }
  return groups;
}

export interface RemoteListing {
  /** Sorted by ref. */
  readonly experiments: readonly ListedExperiment[];
  /** Queued entries that wait there, or that somebody took. */
  readonly queue: readonly SharedRef[];
}

/** What a Git remote or URL has, by one question; errors: INVALID_REMOTE. */
export async function listRemote(repository: Repository, remote: string): Promise<RemoteListing> {
  const args = ["ls-remote", "--refs", "--end-of-options", remote, "refs/exps/*", sharedPattern];
  const outcome = await tryGit(args, { cwd: repository.workTree, terminal: "needed" });
  if (outcome.exitCode !== 0)
    throw new SweeplineError({
      code: "INVALID_REMOTE",
      message: `'${shownRemote(remote)}' is not a valid Git remote or URL`,
      ...(outcome.stderr.trim() === "" ? {} : { hint: `git says: ${outcome.stderr.trim().split(/\r?\n/)[0]}` }),
    });
  const experiments: ListedExperiment[] = [];
  const queue: SharedRef[] = [];
  for (const line of outcome.stdout.toString().split("\n")) {
    const tab = line.indexOf("\t");
    // A broken ref is told as zeros.
    if (tab < 0 || /^0+\t/.test(line)) continue;
    const [id, ref] = [line.slice(0, tab) as ObjectId, line.slice(tab + 1)];
    const experiment = parseExperimentRef(ref);
    if (experiment !== undefined) experiments.push({ ...experiment, commit: id });
    const entry = parseSharedRef(ref, id);
    if (entry !== undefined) queue.push(entry);
  }
  return { experiments, queue };
}

/** The experiments of a Git remote or URL, sorted by ref; errors: INVALID_REMOTE. */
export async function remoteExperiments(repository: Repository, remote: string): Promise<readonly ListedExperiment[]> {
  return (await listRemote(repository, remote)).experiments;
}
