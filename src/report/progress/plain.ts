/** Progress for a pipe, a log file or a terminal that can't move its cursor: one plain line an event, no escapes. */
import type { RunEvent } from "../../experiments/events.ts";
import { FailureNews, failureLines } from "./failures.ts";
import { countsText, finishedText, interruptingText, labelText, requeuedText, trialText } from "./lines.ts";
import { handOver, type Progress, type ProgressStreams } from "./types.ts";

/** The line for stdout that an event is worth, or undefined. */
function lineOf(event: RunEvent, news: FailureNews): string | undefined {
  switch (event.type) {
    case "planned":
      return event.total > 1 ? `${event.total} experiments, ${event.jobs} at a time` : undefined;
    case "started":
      return `started ${labelText(event.experiment)}`;
    case "finished":
      return `finished ${finishedText(event)}`;
    case "failed":
      return `failed ${news.text(event)}`;
    case "requeued":
      return `requeued ${requeuedText(event)}`;
    case "interrupting":
      return interruptingText(event);
    case "summary":
      return countsText(event);
    case "trial":
      return trialText(event);
    case "checkpoint":
    case "metrics":
    case "stage":
      return undefined;
  }
}

/** Lines go to stdout, the failures of the summary once more to stderr: there they are found also when stdout is a file. */
export function createPlainProgress({ stdout, stderr }: ProgressStreams): Progress {
  const news = new FailureNews();
  return {
    emit(event) {
      if (event.type === "summary") {
        for (const { text, more } of failureLines(event))
          for (const line of [`ERROR: ${text}`, ...more]) stderr.write(`${line}\n`);
      }
      const line = lineOf(event, news);
      if (line !== undefined) stdout.write(`${line}\n`);
    },
    close: () => handOver(stdout),
  };
}
