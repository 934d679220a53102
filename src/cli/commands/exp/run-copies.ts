/** `exp run` in copies of the workspace: one with --temp, all that is queued with --run-all. */
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { visibleText } from "../../../base/text/visible.ts";
import { runFolder } from "../../../experiments/runs/records.ts";
import { type QueueOutcome, runQueue } from "../../../run/run-queue.ts";
import { askedEngine, detached, engineRun } from "../../options/engine.ts";
import { runLimits } from "../../options/limits.ts";
import { followWhile } from "../../terminal/follow-log.ts";
import { type ExitCode, print } from "../../terminal/io.ts";
import { type RunCall, wholeLog } from "./run-call.ts";
import { queueExitCode, ranText, sendAway, terminalWatcher } from "./run-queue.ts";
import { enqueueCall } from "./run-queued.ts";

/** Throws where the run failed, as what was told of it. */
export async function runTemporary(call: RunCall): Promise<ExitCode> {
  const { io, context, options } = call;
  const outcome = await enqueueCall(call, { kind: "run" });
  const [entry] = outcome.queued;
  if (entry === undefined) throw new Error("a temporary run was not queued");
  if (!call.options.json) print(io, `Reproducing experiment '${entry.name}'`);
  const only = new Set([entry.sequence]);
  const request = {
    jobs: 1,
    onFailure: "continue" as const,
    only,
    claims: "held" as const,
    limits: runLimits(options),
  };
  const run = options.json
    ? await runQueue(context, request, terminalWatcher(io, "json"))
    : await followWhile(io, runFolder(context.state, entry).log, () =>
        runQueue(context, request, terminalWatcher(io, "none")),
      );
  return reportTemporary(call, run, entry.name);
}

function reportTemporary({ io, options }: RunCall, run: QueueOutcome, name: string): ExitCode {
  if (run.summary.requeued.length > 0)
    io.stderr.write(
      `${run.interrupted ? "Stopped." : "Its worker was lost."} '${name}' was put back into the queue: exp run --run-all runs it.\n`,
    );
  const [failed] = run.summary.failed;
  if (failed !== undefined) {
    const { code, message, hint = wholeLog(failed.experiment.name) } = failed.told;
    const error = new SweeplineError({ code, message, hint, exitCode: exitCodes.refused });
    // The log was printed meanwhile.
    const isSeen = !options.json && io.stdout.isTTY && io.stderr.isTTY && failed.isInLog;
    if (!isSeen) throw error;
    io.stderr.write(`HINT: ${visibleText(hint)}\n`);
    return error.exitCode;
  }
  if (!options.json) io.stdout.write(ranText(run.summary));
  return queueExitCode(run);
}

export async function runAll({ io, context, options }: Pick<RunCall, "io" | "context" | "options">): Promise<ExitCode> {
  const engine = await askedEngine(context, options);
  const request = engineRun(engine, options);
  const sender = detached(engine, options);
  if (sender !== undefined) return sendAway(io, context, { ...request, engine: sender });
  const run = await runQueue(context, request, terminalWatcher(io, options.json ? "json" : "text"));
  if (!options.json) io.stdout.write(ranText(run.summary));
  return queueExitCode(run);
}
