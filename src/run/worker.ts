/** The piscina worker's entry: one task is one whole experiment. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { executeEntry } from "../experiments/execute.ts";
import { openProject } from "../store/open.ts";
import type { Project } from "../store/project.ts";
import type { StopMessage, WorkerMessage, WorkerTasks } from "./tasks.ts";

const projects = new Map<string, Project>();

function projectAt(root: string): Project {
  const known = projects.get(root) ?? openProject(root);
  projects.set(root, known);
  return known;
}

/**
 * V8 lets the garbage of a worker pile up to many times of what it keeps, and the more workers the more of it. Every so
 * many experiments it is collected, which costs each of them 0.3 ms, and the memory stays as it was at the start.
 */
const experimentsACollection = 20;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
let finished = 0;

function tidyUp(): void {
  finished += 1;
  if (finished % experimentsACollection === 0) collectGarbage();
}

export async function runEntry(input: WorkerTasks["runEntry"]["input"]): Promise<WorkerTasks["runEntry"]["output"]> {
  const { port, projectRoot, ...rest } = input;
  const stop = new AbortController();
  port.on("message", (message: StopMessage) => {
    if (message.type === "stop") stop.abort();
  });
  const tell = (message: WorkerMessage) => port.postMessage(message);
  try {
    return await executeEntry({
      ...rest,
      project: projectAt(projectRoot),
      signal: stop.signal,
      stage: (stage, action, owner) =>
        tell({ type: "stage", stage, action, ...(owner === undefined ? {} : { owner }) }),
      processes: (table) => tell({ type: "processes", table }),
    });
  } finally {
    port.close();
    tidyUp();
  }
}
