/** Experiments of another repository: what `git ls-remote` tells of refs/exps. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { shownRemote } from "../../git/remote.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { parseExperimentRef } from "../repository.ts";

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

/** The experiments of a Git remote or URL, sorted by ref; errors: INVALID_REMOTE. */
export async function remoteExperiments(repository: Repository, remote: string): Promise<readonly ListedExperiment[]> {
  const args = ["ls-remote", "--refs", "--end-of-options", remote, "refs/exps/*"];
  const outcome = await tryGit(args, { cwd: repository.workTree, terminal: "needed" });
  if (outcome.exitCode !== 0)
    throw new SweeplineError({
      code: "INVALID_REMOTE",
      message: `'${shownRemote(remote)}' is not a valid Git remote or URL`,
      ...(outcome.stderr.trim() === "" ? {} : { hint: `git says: ${outcome.stderr.trim().split("\n")[0]}` }),
    });
  return outcome.stdout
    .toString()
    .split("\n")
    .flatMap((line) => {
      const tab = line.indexOf("\t");
      const parts = tab < 0 ? undefined : parseExperimentRef(line.slice(tab + 1));
      // A broken ref is told as zeros.
      return parts === undefined || /^0+\t/.test(line) ? [] : [{ ...parts, commit: line.slice(0, tab) as ObjectId }];
    });
}
