/** Entries in the queue of a small project, and what is told of them, for tests that run nothing. */
import type { RunEvent } from "../../src/experiments/events.ts";
import { enqueue } from "../../src/experiments/make/enqueue.ts";
import { type ExperimentSettings, enqueueRequest } from "../../src/experiments/make/enqueue-request.ts";
import { PointInputs } from "../../src/experiments/point/point-inputs.ts";
import { listQueue, type QueueEntry } from "../../src/experiments/queue/entries.ts";
import { type ExperimentsContext, openExperiments } from "../../src/experiments/repository.ts";
import { RefTransactions } from "../../src/git/refs.ts";
import { openProject } from "../../src/project/open.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { useEnvironment } from "../git/repositories.ts";
import type { Repository } from "../rig/index.ts";

export function contextOf(repository: Repository): ExperimentsContext {
  useEnvironment(repository);
  return openExperiments(openProject(repository.folder));
}

/** Queues the points of overrides as p-1, p-2... and answers all entries. */
export async function queueAs(
  context: ExperimentsContext,
  overrides: readonly string[],
  run: Partial<ExperimentSettings> = {},
): Promise<readonly QueueEntry[]> {
  const whole = { folder: "", targets: [], flags: {}, copyPaths: [], message: undefined, ...run };
  const { points } = expandPoints(overrides);
  const inputs = new PointInputs(context, { points, configs: undefined, folder: "" });
  await enqueue(
    context,
    enqueueRequest({ kind: "queue", points: "sweep", place: "last" }, { inputs, run: whole, name: "p" }),
  );
  return (await listQueue(context)).entries;
}

/** A copy of a repository with entries, and the first of them: what a test of one entry's end starts with. */
export async function openQueued(made: Repository) {
  const repository = made.copy();
  const context = contextOf(repository);
  const [entry] = (await listQueue(context)).entries;
  if (entry === undefined) throw new TypeError("nothing is queued");
  return { repository, context, entry, refs: new RefTransactions(context.repository, "test") };
}

export function recorder(): { readonly emit: (event: RunEvent) => void; readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return { emit: (event) => void events.push(event), events };
}
