/** exp.auto_push: what a command made is shared when it ends, as in DVC (repo/experiments/executor/base.py). */

import { SweeplineError } from "../../../base/errors.ts";
import { wordList } from "../../../base/listing.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { type FinishedExperiment, listFinished } from "../../../experiments/results/finished.ts";
import { pushExperiments } from "../../../experiments/share/push.ts";
import { hasGitRemote } from "../../../git/remote.ts";
import { openProject } from "../../../project/open.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { transferProgress } from "../../terminal/transfer-progress.ts";
import { dataRequest, warnData } from "./share.ts";

const yes = /^(?:1|y|yes|on|true)$/i;

function isOn(io: Io, context: ExperimentsContext): boolean {
  return yes.test(io.env.DVC_EXP_AUTO_PUSH ?? context.project.config.get("exp.auto_push") ?? "");
}

async function pushNew(io: Io, context: ExperimentsContext, { remote, experiments }: NewExperiments): Promise<void> {
  io.stderr.write(`Pushing experiment to '${remote}'. Cancel with CTRL+C.\n`);
  const progress = transferProgress(io, "Uploading");
  try {
    const data = dataRequest(io, context.project, { flags: { num: 1, cache: true, runCache: true }, progress });
    const result = await pushExperiments(context, { remote, experiments, diverged: "refuse", data });
    warnData(io, result.data);
    const left = [...result.diverged, ...result.refused.map(({ experiment }) => experiment)];
    if (left.length === 0) return;
    warn(io, `'${remote}' has something else of that name, or refused: ${wordList(left.map(({ name }) => name))}`);
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    warn(io, `Something went wrong while auto pushing experiment to the remote '${remote}': ${error.message}`);
  } finally {
    progress.close();
  }
}

interface NewExperiments {
  readonly remote: string;
  readonly experiments: readonly FinishedExperiment[];
}

/**
 * Does the work; then, with exp.auto_push (DVC_EXP_AUTO_PUSH), pushes the experiments that were made meanwhile to
 * exp.git_remote (DVC_EXP_GIT_REMOTE; default: origin), with their data. A push that fails is a warning: the experiments
 * are here.
 */
export async function withAutoPush<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const context = openExperiments(openProject(io.cwd));
  if (!isOn(io, context)) return work();
  const remote = io.env.DVC_EXP_GIT_REMOTE ?? context.project.config.get("exp.git_remote") ?? "origin";
  if (!(await hasGitRemote(context.repository, remote))) {
    warn(io, `Failed to validate remotes. Disabling auto push: there is no Git remote '${remote}'`);
    return work();
  }
  const before = new Map((await listFinished(context)).map(({ ref, commit }) => [ref, commit]));
  const result = await work();
  const experiments = (await listFinished(context)).filter(({ ref, commit }) => before.get(ref) !== commit);
  if (experiments.length > 0) await pushNew(io, context, { remote, experiments });
  return result;
}
