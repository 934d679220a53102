/** Ends single running experiments: they count as failed, whoever runs them. */

import { SweeplineError } from "../../base/errors.ts";
import { readLockOwner } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import { type KillManner, removeRequest, writeRequest } from "../coordinator/requests.ts";
import { notAnswering, SuspensionWatch } from "../coordinator/suspended.ts";
import { sequenceText } from "../layout.ts";
import { killGroup } from "../recovery/recovery.ts";
import type { ExperimentsContext } from "../repository.ts";
import { livingProcesses, processesFile, type RunRecord, readRunRecord, runFolder } from "../runs/records.ts";
import { listQueue, type QueueEntry, runningSequences } from "./entries.ts";

const pollMs = 25;
const limitMs = 60_000;
export interface KilledTask {
  readonly name: string;
  /** "killed", also where nobody wrote down how it ended; else it was over before the request was seen. */
  readonly end: "killed" | "success" | "failed";
  /** The process that ran it, where it is stopped: the stages are gone, and when it goes on it notes the failure. */
  readonly suspended?: number;
}

/**
 * Asks those who run the experiments to end them and waits until they have; "force" kills the stages at once, also
 * where their process is stopped.
 * Errors: NOT_RUNNING for a name that is not running, before anything is ended; NOT_KILLED and SUSPENDED where nobody
 * answers.
 */
export async function killTasks(
  context: ExperimentsContext,
  names: readonly string[],
  manner: KillManner,
): Promise<readonly KilledTask[]> {
  const running = runningSequences(context);
  const { entries } = await listQueue(context);
  const candidates = entries.filter((entry) => entry.state === "queued" && running.has(entry.sequence));
  const runningNames = new Set(candidates.map((entry) => entry.name));
  const unknown = names.filter((name) => !runningNames.has(name));
  if (unknown.length > 0) throw notRunning(unknown);
  const wanted = new Set(names);
  const chosen = candidates.filter((entry) => wanted.has(entry.name));
  return Promise.all(chosen.map((entry) => killOne(context, entry, manner)));
}

function runnerOf({ state }: ExperimentsContext, sequence: number): ProcessIdentity | undefined {
  const owner = readLockOwner(`${state.claims}/${sequenceText(sequence)}`);
  return owner === "broken" ? undefined : owner;
}

function killStages(context: ExperimentsContext, sequence: number): void {
  for (const group of livingProcesses(processesFile(context.state, sequence))) killGroup(group.pid);
}

async function killOne(
  context: ExperimentsContext,
  { sequence, name }: QueueEntry,
  manner: KillManner,
): Promise<KilledTask> {
  const request = { kind: "kill", sequence, manner } as const;
  writeRequest(context.state, request);
  const suspended = await whenEnded(context, { sequence, name });
  if (suspended !== undefined && manner === "force") {
    killStages(context, sequence);
    // The request stays for the moment when it goes on: else it would take the kill for an outside failure.
    return { name, end: "killed", suspended: suspended.pid };
  }
  removeRequest(context.state, request);
  if (suspended !== undefined) throw notAnswering(suspended);
  // Who ran it died meanwhile: nobody else ends its stages before the next run.
  killStages(context, sequence);
  return { name, end: endOf(readRunRecord(runFolder(context.state, { sequence, name }))) };
}

function endOf(record: RunRecord | undefined): KilledTask["end"] {
  if (record?.state === "success") return "success";
  return record?.state === "failed" && record.failure !== undefined && record.failure.code !== "KILLED"
    ? "failed"
    : "killed";
}

/** Waits until nobody runs it; answers the process that does and is stopped. Errors: NOT_KILLED. */
async function whenEnded(
  context: ExperimentsContext,
  { sequence, name }: Pick<QueueEntry, "sequence" | "name">,
): Promise<ProcessIdentity | undefined> {
  const watch = new SuspensionWatch(() => runnerOf(context, sequence));
  const until = Date.now() + limitMs;
  while (runningSequences(context).has(sequence)) {
    const suspended = watch.suspended();
    if (suspended !== undefined) return suspended;
    if (Date.now() > until) {
      removeRequest(context.state, { kind: "kill", sequence, manner: "stop" });
      throw new SweeplineError({
        code: "NOT_KILLED",
        message: `'${name}' did not end`,
        hint: "`sweepline queue status --json` names the process that runs it.",
      });
    }
    await pause(pollMs);
  }
  return undefined;
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
