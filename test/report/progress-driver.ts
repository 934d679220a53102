/**
 * A program that tells a run's events to createProgress on its own stdout, for the tests that look at a real terminal.
 * usage: progress-driver EXPERIMENTS JOBS STEP_MS [hold]
 * With hold, experiments stay in their first stage until there is a line on stdin.
 */
import { once } from "node:events";
import type { ExperimentLabel, ToldFailure } from "../../src/experiments/events.ts";
import { createProgress } from "../../src/report/progress/progress.ts";

const [experiments = 20, jobs = 4, stepMs = 20] = process.argv.slice(2, 5).map(Number);
const { stdout, stderr, env } = process;
const progress = createProgress({ stdout, stderr, env });
const startedAt = Date.now();
const names = Array.from({ length: experiments }, (_unused, index) => `point-${index}-実験`);
const overrides = [
  "train.lr=0.001",
  `note=${"long ".repeat(30)}`,
  "wide=日本語日本語日本語日本語日本語日本語日本語日本語",
];
const labelOf = (name: string): ExperimentLabel => ({ name, sequence: 1, overrides });
const step = () => new Promise((resolve) => setTimeout(resolve, stepMs));

const holds = process.argv[5] === "hold";
const released = holds ? once(process.stdin, "data") : Promise.resolve();

const succeeded: string[] = [];
const failed: ({ name: string } & ToldFailure)[] = [];

async function runOne(name: string): Promise<void> {
  progress.emit({ type: "started", experiment: labelOf(name), log: `logs/${name}`, at: Date.now() });
  for (const stage of ["prepare", "train", "evaluate"]) {
    progress.emit({ type: "stage", name, stage, action: "running", at: Date.now() });
    await released;
    await step();
  }
  const facts = { experiment: labelOf(name), elapsedMs: 3 * stepMs, at: Date.now() };
  if (name.startsWith("point-7-")) {
    const failure = {
      code: "STAGE_FAILED" as const,
      message: "stage 'train' failed: sh src/train.sh, exited with 3",
      log: `logs/${name}`,
    };
    failed.push({ name, ...failure });
    progress.emit({ type: "failed", ...facts, ...failure });
    return;
  }
  succeeded.push(name);
  const metrics = new Map([["loss", 0.25]]);
  progress.emit({ type: "finished", ...facts, commit: "0".repeat(40), metrics });
}

const waiting = [...names];
async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await runOne(name);
}

progress.emit({ type: "planned", total: experiments, jobs, at: startedAt });
await Promise.all(Array.from({ length: jobs }, work));
const elapsedMs = Date.now() - startedAt;
const left = { queued: 0, elsewhere: { running: 0, failed: 0, succeeded: 0 } };
progress.emit({ type: "summary", succeeded, failed, requeued: [], ...left, elapsedMs, at: Date.now() });
await progress.close();
process.stdin.unref();
stdout.write("the end\n");
