/** The piscina worker's entry: one task is one whole experiment. */

import { joinTrace } from "../../base/trace/worker.ts";
import { QuickResults } from "../../experiments/copy/quick-result.ts";
import type { StoppedEarly } from "../../experiments/record.ts";
import { Readings } from "../../pipeline/reading/readings.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import type { RegisterAnswer } from "../one/copy-checkpoints.ts";
import { executeEntry, type KeptByThread } from "../one/in-copy.ts";
import { garbageCollector } from "./garbage.ts";
import type { MainMessage, WorkerMessage, WorkerTasks } from "./tasks.ts";

class Thread implements KeptByThread {
  readonly readings = new Readings();
  readonly usedCopies = new Set<string>();
  readonly results = new QuickResults();
  private readonly projects = new Map<string, Project>();

  projectAt(root: string): Project {
    const known = this.projects.get(root) ?? openProject(root);
    this.projects.set(root, known);
    return known;
  }
}

const thread = new Thread();

const tidyUp = garbageCollector(20);

/** What this thread does is told where its process tells it. */
const traced = joinTrace();

export async function runEntry(input: WorkerTasks["runEntry"]["input"]): Promise<WorkerTasks["runEntry"]["output"]> {
  const { port, projectRoot, ...rest } = input;
  const stop = new AbortController();
  let keep: StoppedEarly | undefined;
  let answered: (answer: RegisterAnswer) => void = () => undefined;
  port.on("message", (message: MainMessage) => {
    if (message.type === "stop") {
      keep = message.keep;
      stop.abort();
    } else answered(message.answer);
  });
  const tell = (message: WorkerMessage) => port.postMessage(message);
  try {
    await traced;
    return await executeEntry({
      ...rest,
      project: thread.projectAt(projectRoot),
      kept: thread,
      signal: stop.signal,
      stage: ({ address: stage, ...event }) => tell({ type: "stage", stage, ...event }),
      processes: (table) => tell({ type: "processes", table }),
      steps: (steps) => tell({ type: "steps", steps }),
      stoppedEarly: () => keep,
      metrics: (metrics) => tell({ type: "metrics", metrics }),
      makesCheckpoints: (tip) => tell({ type: "checkpoints", ...(tip === undefined ? {} : { tip }) }),
      register: (checkpoint) =>
        new Promise((resolve) => {
          answered = resolve;
          tell({ type: "checkpoint", checkpoint });
        }),
    });
  } finally {
    port.close();
    tidyUp();
  }
}
