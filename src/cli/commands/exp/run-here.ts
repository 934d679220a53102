/** `exp run` in the workspace, or with --dry only said. */
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { failureFacts, failureText, type RunFailure } from "../../../experiments/failure.ts";
import type { StudioRun } from "../../../experiments/live/studio-run.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { keptOptions } from "../../../pipeline/run-options.ts";
import { dryRun } from "../../../run/one/dry-run.ts";
import { runInWorkspace } from "../../../run/one/in-workspace.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { killGroups, stageEvents } from "../../terminal/stage-events.ts";
import { withTimeLimit } from "../../terminal/time-limit.ts";
import { commandText } from "../pipeline/workspace-lock.ts";
import { type RunCall, wholeLog } from "./run-call.ts";

/** Says what would run. */
export async function dryRunHere({ io, context, targets, run, expansion, inputs }: RunCall): Promise<ExitCode> {
  const [point] = expansion.points;
  if (point === undefined) throw new Error("a run without a point");
  const events = stageEvents(io, { groups: new Set(), messages: "all" });
  await dryRun(context, { targets, options: run, point, inputs, cwd: io.cwd }, events);
  return exitCodes.ok;
}

/** Live updates of a run in the workspace; most have none, and load nothing of it. */
async function openStudioHere(io: Io, context: ExperimentsContext): Promise<StudioRun | undefined> {
  const { studioSettings } = await import("../../../experiments/live/studio-settings.ts");
  const asked = { environment: io.env, warn: (message: string) => warn(io, message) };
  const settings = await studioSettings(context, asked);
  if (settings === undefined) return undefined;
  return new (await import("../../../experiments/live/studio-run.ts")).StudioRun(context, settings, asked);
}

function runError(failure: RunFailure, name: string): SweeplineError {
  const { code } = failureFacts(failure);
  const facts = { message: failureText(failure), hint: wholeLog(name), exitCode: exitCodes.refused };
  return new SweeplineError({ code, ...facts });
}

/** Throws where a stage failed, as what was told of it. */
export async function runHere(call: RunCall): Promise<ExitCode> {
  const { io, context, options, expansion } = call;
  const [point] = expansion.points;
  if (point === undefined) throw new Error("a run without a point");
  if (options.copyPaths !== undefined) warn(io, "--copy-paths has no effect on a run in the workspace");
  const groups = new Set<number>();
  const endAtOnce = () => {
    killGroups(groups);
    return "Ended at once. The parameters of the experiment stay changed in the workspace; nothing was committed.";
  };
  const interrupt = listenForInterrupt(io, { endAtOnce, advice: "print" });
  const limit = withTimeLimit(interrupt.signal, options.timeout, options.timeoutAt);
  const live = await openStudioHere(io, context);
  try {
    const outcome = await runInWorkspace(context, {
      point,
      folder: call.inputs.folder,
      configs: call.inputs.configs,
      name: options.name,
      message: options.message,
      targets: call.targets,
      flags: keptOptions(call.run),
      // --force makes an experiment anew, and puts it in the place of one that has its name.
      checkpoints: options.reset || call.run.force ? "reset" : "continue",
      checkpointEvery: options.checkpointEvery,
      keepCheckpoints: options.keepCheckpoints ?? "all",
      taken: call.run.force ? "replace" : "refuse",
      interactive: call.asks,
      begins: ({ name, baseline }) => live?.started({ name, baseline, from: "workspace", message: options.message }),
      checkpointed: () => limit.deadline.checkpointed(),
      environment: live?.environment ?? {},
      named: (name) => print(io, `Reproducing experiment '${name}'`),
      events: stageEvents(io, { groups, messages: "all", clock: limit.deadline }),
      signal: limit.signal,
      command: commandText(),
    });
    live?.ended(outcome.name, outcome.kind === "done" ? outcome.commit : undefined);
    if (outcome.kind !== "done" && outcome.kept !== undefined)
      warn(
        io,
        `the checkpoints of '${outcome.name}' are kept: \`sweepline exp run\` goes on from ${outcome.kept.slice(0, 7)}`,
      );
    if (outcome.kind === "cancelled" && limit.isOver())
      throw runError({ kind: "timed-out", limitMs: options.timeout ?? 0 }, outcome.name);
    if (outcome.kind === "cancelled") {
      const outputs =
        outcome.kept === undefined ? "nothing was committed" : "its outputs are those of the last checkpoint";
      io.stderr.write(`Stopped. The parameters of '${outcome.name}' stay in the workspace; ${outputs}.\n`);
      return exitCodes.interrupted;
    }
    if (outcome.kind === "failed") throw runError(outcome.failure, outcome.name);
    print(io, `\nRan experiment(s): ${outcome.name}\nExperiment results have been applied to your workspace.`);
    return exitCodes.ok;
  } finally {
    limit.release();
    interrupt.release();
    await live?.close();
  }
}
