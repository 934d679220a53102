/** A run of the queue on the terminal: progress, Ctrl+C, and what is said at the end. */
import { exitCodes } from "../../../base/errors.ts";
import { someOf } from "../../../base/text/listing.ts";
import { printsTrace } from "../../../base/trace.ts";
import { leftWords } from "../../../experiments/left-files.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { createProgress, type Progress, type ProgressMode } from "../../../report/progress/progress.ts";
import type { SendingEngine } from "../../../run/engine.ts";
import { type QueueOutcome, type QueueWatcher, type RunQueueRequest, sendQueue } from "../../../run/run-queue.ts";
import type { RunSummary } from "../../../run/summary.ts";
import { type Interrupt, listenForInterrupt } from "../../terminal/interrupt.ts";
import { type ExitCode, type Io, warn } from "../../terminal/io.ts";
import { sentText } from "../../words/sent-text.ts";

const silent: Progress = { emit: () => undefined, close: async () => undefined };

/** A drawing and debug lines on one terminal would tear each other apart. */
function progressMode(format: "text" | "json", io: Io): { readonly mode?: ProgressMode } {
  if (format === "json") return { mode: "json" };
  return printsTrace() && io.stderr.isTTY ? { mode: "plain" } : {};
}

/** What the runs of a sweep have in common is said once. */
function warnOfLeft(io: Io, names: readonly string[]): void {
  warn(io, leftWords(names));
  io.stderr.write(
    "HINT: --keep-untracked keeps them in the experiments; as `outs` of their stage in dvc.yaml they always are.\n",
  );
}

/** @param format "none": the caller shows what happens */
export function terminalWatcher(io: Io, format: "text" | "json" | "none"): QueueWatcher {
  const progress = format === "none" ? silent : createProgress({ ...io, ...progressMode(format, io) });
  let interrupt: Interrupt | undefined;
  const left = new Set<string>();
  return {
    emit: (event) => {
      if (event.type === "finished") for (const name of event.untracked ?? []) left.add(name);
      progress.emit(event);
    },
    warn: (message) => warn(io, message),
    started: (control) => {
      interrupt = listenForInterrupt(io, {
        endAtOnce: () =>
          `Ended at once: ${control.endAtOnce()} put back into the queue. The same command, or exp run --run-all, goes on.`,
        advice: format === "text" ? "none" : "print",
      });
      interrupt.signal.addEventListener("abort", () => control.stop());
    },
    ended: async () => {
      interrupt?.release();
      await progress.close();
      if (format === "text" && left.size > 0) warnOfLeft(io, [...left]);
    },
  };
}

/** Hands what is queued over to an engine, and says where it is. */
export async function sendAway(
  io: Io,
  context: ExperimentsContext,
  request: RunQueueRequest & { readonly engine: SendingEngine },
): Promise<ExitCode> {
  const sent = await sendQueue(context, request, (message) => warn(io, message));
  io.stdout.write(sentText(request.engine.name, sent));
  return exitCodes.ok;
}

/** 252 where the user stopped it, 1 where an experiment failed, lost its worker, stays queued or still runs elsewhere, else 0. */
export function queueExitCode({ summary, interrupted }: QueueOutcome): ExitCode {
  if (interrupted) return exitCodes.interrupted;
  const { failed, requeued, queued, elsewhere } = summary;
  const notDone = failed.length + requeued.length + queued + elsewhere.failed + elsewhere.running;
  return notDone > 0 ? exitCodes.experimentsFailed : exitCodes.ok;
}

/** `Ran experiment(s): a, b` and what to do with them, as DVC says it. */
export function ranText(summary: RunSummary): string {
  if (summary.succeeded.length === 0) return "";
  const names = summary.succeeded.map((experiment) => experiment.name);
  return `\nRan experiment(s): ${someOf(names, 20)}\nTo apply the results of an experiment to your workspace run:\n\n\tsweepline exp apply <exp>\n`;
}
