/** What running stages have written into their metrics files so far, as DVCLive does at each step: looked for while they run. */
import path from "node:path";
import { isExpected } from "../../base/errors.ts";
import { lstatIfExists } from "../../base/files.ts";
import { sameValue, type Value } from "../../base/value.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { StepWatch } from "./step-watch.ts";
import { workspaceMetrics } from "./workspace-metrics.ts";

const lookEveryMs = 3_000;
/** Where what is seen may end the run. */
const lookOftenMs = 250;

export type Metrics = ReadonlyMap<string, Value>;

/** What is new since the last look; the files are read only where they changed. */
export class MetricsWatch {
  readonly #stages: ProjectStages;
  #marks: string;
  #told: Metrics = new Map();

  constructor(stages: ProjectStages) {
    this.#stages = stages;
    this.#marks = this.#filesNow();
  }

  /** The metrics where some changed, else undefined. */
  async look(): Promise<Metrics | undefined> {
    const marks = this.#filesNow();
    if (marks === this.#marks) return undefined;
    this.#marks = marks;
    const metrics = await workspaceMetrics(this.#stages);
    const isSame = sameValue(metrics, this.#told);
    this.#told = metrics;
    return isSame || metrics.size === 0 ? undefined : metrics;
  }

  #filesNow(): string {
    const { project, tracked } = this.#stages;
    return tracked.metrics
      .map((name) => {
        const stats = lstatIfExists(path.join(project.root, name));
        return `${name} ${stats?.mtimeMs} ${stats?.size} ${stats?.ino}`;
      })
      .join("\n");
  }
}

export interface LiveMetrics {
  tell(metrics: Metrics): void;
  /** Somebody waits for each step. */
  readonly steps?: StepWatch;
}

/** Tells the metrics as they change, until the returned function is called. A look that fails is the last one. */
export function tellMetrics(stages: ProjectStages, { tell, steps }: LiveMetrics): () => void {
  if (stages.tracked.metrics.length === 0 && steps === undefined) return () => undefined;
  const watch = new MetricsWatch(stages);
  let state: "idle" | "looking" | "over" = "idle";
  const stop = () => {
    state = "over";
    clearInterval(timer);
  };
  const look = async () => {
    const metrics = await watch.look();
    if (state === "over") return;
    state = "idle";
    if (metrics !== undefined) tell(metrics);
    steps?.look(metrics);
  };
  const timer = setInterval(
    () => {
      if (state !== "idle") return;
      state = "looking";
      // What is wrong with a file is told when the stage has ended.
      look().catch((error: unknown) => {
        if (!isExpected(error)) throw error;
        stop();
      });
    },
    steps === undefined ? lookEveryMs : lookOftenMs,
  ).unref();
  return stop;
}
