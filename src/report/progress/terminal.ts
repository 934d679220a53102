/** Progress on a terminal. listr2 is loaded only here, and only once there is something to draw. */
import pico from "picocolors";
import type { RunEvent } from "../../experiments/events.ts";
import type { ExperimentTasks, TaskEnd } from "./experiment-tasks.ts";
import { type FailureLines, FailureNews, failureLines } from "./failures.ts";
import { countsText, finishedText, interruptingText, requeuedText, shortOverrides, trialText } from "./lines.ts";
import type { Paints } from "./live-lines.ts";
import { Tally } from "./tally.ts";
import { handOver, type Progress, type ProgressStreams } from "./types.ts";

/** NO_COLOR: https://no-color.org, any value but an empty one. */
function makePaints(env: ProgressStreams["env"]): Paints {
  const colors = pico.createColors((env.NO_COLOR ?? "") === "");
  return { strong: colors.bold, faint: colors.dim, good: colors.green, bad: colors.red, busy: colors.yellow };
}

/** How the event ends its experiment's task; undefined where it ends none. */
function taskEnd(event: RunEvent, news: FailureNews): TaskEnd | undefined {
  if (event.type === "finished") {
    const overrides = shortOverrides(event.experiment.overrides);
    return { kind: "finished", text: finishedText({ ...event, experiment: { ...event.experiment, overrides } }) };
  }
  if (event.type === "failed") return { kind: "failed", text: news.text(event) };
  if (event.type === "requeued") return { kind: "requeued", text: requeuedText(event) };
  return undefined;
}

function stageText({ stage, action, owner }: Extract<RunEvent, { type: "stage" }>): string {
  if (action === "running") return stage;
  return owner === undefined ? `${stage} (${action})` : `${stage} (${action} for ${owner})`;
}

interface Drawing {
  readonly tasks: ExperimentTasks;
  readonly news: FailureNews;
}

function draw({ tasks, news }: Drawing, event: RunEvent): void {
  if (event.type === "started") tasks.start(event.experiment, event.at);
  if (event.type === "interrupting") tasks.say(interruptingText(event));
  if (event.type === "trial") tasks.say(trialText(event));
  if (event.type === "metrics") tasks.showMetrics(event.name, event.metrics);
  if (event.type === "stage") tasks.showStage(event.name, stageText(event));
  const end = taskEnd(event, news);
  if (end !== undefined && "experiment" in event) tasks.end(event.experiment.name, end);
}

export function createTerminalProgress(streams: ProgressStreams): Progress {
  const { stdout, stderr, env } = streams;
  const tally = new Tally();
  const paints = makePaints(env);
  const news = new FailureNews();
  let drawing: Drawing | undefined;
  let summary: string | undefined;
  let failures: readonly FailureLines[] = [];
  const early: RunEvent[] = [];
  const loading = import("./experiment-tasks.ts").then(({ ExperimentTasks }) => {
    const tasks = new ExperimentTasks({ stdout, stderr, tally, paints });
    drawing = { tasks, news };
    for (const event of early.splice(0)) draw(drawing, event);
    return tasks;
  });
  return {
    emit(event) {
      tally.add(event);
      if (event.type === "summary") {
        summary = countsText(event);
        failures = failureLines(event);
      }
      if (drawing === undefined) early.push(event);
      else draw(drawing, event);
    },
    async close() {
      const tasks = await loading;
      await tasks.close();
      for (const { text, news, more } of failures) {
        // What stands above in full is not said again; elsewhere than on the terminal nothing stands above.
        const isSeen = news === "known" && stderr.isTTY && tasks.fits(`✖ ${text}`);
        if (!isSeen) stderr.write(`${paints.bad("ERROR:")} ${text}\n`);
        for (const line of more) stderr.write(`${line}\n`);
      }
      if (summary !== undefined) stdout.write(`${summary}\n`);
      await handOver(stdout);
    },
  };
}
