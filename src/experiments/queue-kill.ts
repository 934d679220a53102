/** Ends single running experiments: they count as failed, whoever runs them. */
import { SweeplineError } from "../base/errors.ts";
import { listQueue, type QueueEntry, runningSequences } from "./queue.ts";
import { killGroup } from "./recovery.ts";
import type { ExperimentsContext } from "./repository.ts";
import { type KillManner, removeRequest, writeRequest } from "./requests.ts";
import { livingProcesses, processesFile } from "./runs.ts";

const pollMs = 25;
const limitMs = 60_000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Asks those who run the experiments to end them and waits until they have; "force" kills the stages at once.
 * Errors: NOT_RUNNING for a name that is not running, before anything is ended; NOT_KILLED where nobody answers.
 */
export async function killTasks(
  context: ExperimentsContext,
  names: readonly string[],
  manner: KillManner,
): Promise<readonly string[]> {
  const running = runningSequences(context);
  const { entries } = await listQueue(context);
  const candidates = entries.filter((entry) => entry.state === "queued" && running.has(entry.sequence));
  const unknown = names.filter((name) => !candidates.some((entry) => entry.name === name));
  if (unknown.length > 0) throw notRunning(unknown);
  const chosen = candidates.filter((entry) => names.includes(entry.name));
  await Promise.all(chosen.map((entry) => killOne(context, entry, manner)));
  return chosen.map((entry) => entry.name);
}

async function killOne(context: ExperimentsContext, { sequence, name }: QueueEntry, manner: KillManner): Promise<void> {
  const request = { kind: "kill", sequence, manner } as const;
  writeRequest(context.state, request);
  const until = Date.now() + limitMs;
  try {
    while (runningSequences(context).has(sequence)) {
      if (Date.now() > until)
        throw new SweeplineError({
          code: "NOT_KILLED",
          message: `'${name}' did not end`,
          hint: "`sweepline queue status --json` names the process that runs it.",
        });
      await pause(pollMs);
    }
    // Who ran it died meanwhile: nobody else ends its stages before the next run.
    for (const group of livingProcesses(processesFile(context.state, sequence))) killGroup(group.pid);
  } finally {
    removeRequest(context.state, request);
  }
}

function notRunning(names: readonly string[]): SweeplineError {
  const list = names.map((name) => `'${name}'`).join(", ");
  const words =
    names.length === 1 ? "is not a valid running experiment name" : "are not valid running experiment names";
  return new SweeplineError({
    code: "NOT_RUNNING",
    message: `${list} ${words}`,
    hint: "`sweepline queue status` lists what is running.",
  });
}
