/** exp.auto_push: what a command made is shared when it ends, as in DVC (repo/experiments/executor/base.py). */
import type { ExperimentsContext } from "../repository.ts";
import type { AutoPushEvents } from "./push-new.ts";

const yes = /^(?:1|y|yes|on|true)$/i;

export interface AutoPush {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly events: AutoPushEvents;
}

/**
 * Does the work; then, with exp.auto_push (DVC_EXP_AUTO_PUSH), pushes the experiments that were made meanwhile to
 * exp.git_remote (DVC_EXP_GIT_REMOTE; default: origin), with their data. A push that fails is a warning: the experiments
 * are here.
 */
export async function withAutoPush<T>(
  context: ExperimentsContext,
  { environment, events }: AutoPush,
  work: () => Promise<T>,
): Promise<T> {
  const { config } = context.project;
  if (!yes.test(environment.DVC_EXP_AUTO_PUSH ?? config.get("exp.auto_push") ?? "")) return work();
  // Most have it switched off: what pushes is loaded only here.
  const [{ hasGitRemote }, { listFinished }, { pushNew }] = await Promise.all([
    import("../../git/remote.ts"),
    import("../results/finished.ts"),
    import("./push-new.ts"),
  ]);
  const remote = environment.DVC_EXP_GIT_REMOTE ?? config.get("exp.git_remote") ?? "origin";
  if (!(await hasGitRemote(context.repository, remote))) {
    events.warn(`Failed to validate remotes. Disabling auto push: there is no Git remote '${remote}'`);
    return work();
  }
  const before = new Map((await listFinished(context)).map(({ ref, commit }) => [ref, commit]));
  const result = await work();
  const experiments = (await listFinished(context)).filter(({ ref, commit }) => before.get(ref) !== commit);
  if (experiments.length > 0) await pushNew(context, { remote, experiments }, events);
  return result;
}
