/**
 * What was sent to Slurm, as files on the file system that all nodes share: one folder a batch, with the entries of each task, what
 * the tasks tell (events), and what Slurm itself printed. The jobs are known by their name, so that a front that dies between
 * writing the folder and hearing Slurm's answer loses nothing: `squeue` finds them.
 *
 *   batch.json      tasks, limits; never changed
 *   events-<task>   events of the runs, one JSON line each, appended by the task
 *   out-<task>      what the job printed beside: of Slurm, and of a sweepline that could not start
 *   stop, cancel    marks: start nothing more; jobs are being cancelled by us
 */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { existsSync, makeFolder, readdirSync, readIfExists, removeTree, writeAtomic } from "../../base/files.ts";
import { isCount, isNumber, isRecord, isText, listOf, oneOf, optional, parseJson, shaped } from "../../base/json.ts";
import type { StateLayout } from "../../experiments/layout.ts";
import type { EngineWork } from "../engine.ts";
import type { RetryPolicy } from "../limits/retry.ts";

/** The limits of a run that a task gets. */
export type TaskLimits = Pick<
  EngineWork,
  "retry" | "timeoutMs" | "timeoutAt" | "keepCheckpoints" | "checkpointEvery" | "shellCharacters"
>;

export interface Batch {
  readonly id: string;
  readonly folder: string;
  /** Sequence numbers of the entries, by task. */
  readonly tasks: readonly (readonly number[])[];
  /** Tasks of one array; the arrays follow each other. */
  readonly arraySize: number;
  readonly limits: TaskLimits;
}

const isPolicy = shaped<RetryPolicy>({
  retries: isCount,
  outsideRetries: isCount,
  runnerRetries: isCount,
  delayMs: isNumber,
});

const isLimits = shaped<{ [Key in keyof TaskLimits]: TaskLimits[Key] | undefined }>({
  retry: optional(isPolicy),
  timeoutMs: optional(isNumber),
  timeoutAt: optional(oneOf("once", "checkpoint")),
  keepCheckpoints: optional(isText),
  checkpointEvery: optional(isCount),
  shellCharacters: optional(oneOf("warn", "refuse")),
});

const areTasks = listOf(listOf(isCount));

function batchesFolder({ root }: StateLayout): string {
  return path.join(root, "slurm");
}

/** Held while entries are chosen and sent: no entry goes twice. */
export function submitLock(state: StateLayout): string {
  return path.join(batchesFolder(state), "submit.lock");
}

const idPattern = /^[0-9a-f]{12}$/;

/** The name of the jobs of a batch: by it they are found, whoever sent them. */
export function jobName(id: string, array: number): string {
  return `sweepline-${id}.${array}`;
}

export const jobPrefix = "sweepline-";

export function makeBatch(state: StateLayout, facts: Pick<Batch, "tasks" | "arraySize" | "limits">): Batch {
  const id = randomBytes(6).toString("hex");
  const folder = path.join(batchesFolder(state), id);
  makeFolder(folder);
  writeAtomic(path.join(folder, "batch.json"), JSON.stringify({ v: 1, ...facts }));
  return { id, folder, ...facts };
}

/** undefined for what is no batch of this version. */
export function readBatch(state: StateLayout, id: string): Batch | undefined {
  if (!idPattern.test(id)) return undefined;
  const folder = path.join(batchesFolder(state), id);
  const facts = parseJson(readIfExists(path.join(folder, "batch.json"))?.toString() ?? "");
  if (!isRecord(facts) || facts.v !== 1) return undefined;
  const { tasks, arraySize, limits } = facts;
  if (!areTasks(tasks) || !isCount(arraySize) || arraySize < 1 || !isLimits(limits)) return undefined;
  return { id, folder, tasks, arraySize, limits: limits as TaskLimits };
}

export function listBatches(state: StateLayout): readonly Batch[] {
  const folder = batchesFolder(state);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((id) => readBatch(state, id) ?? []);
}

export function removeBatch({ folder }: Batch): void {
  removeTree(folder);
}

export function eventsFile({ folder }: Batch, task: number): string {
  return path.join(folder, `events-${task}`);
}

/** "stop": nothing more is started; "cancel": and what runs is ended, by whoever asked for it. */
export type BatchMark = "stop" | "cancel";

export function markBatch({ folder }: Batch, mark: BatchMark): void {
  writeAtomic(path.join(folder, mark), "");
}

export function isMarked({ folder }: Batch, mark: BatchMark): boolean {
  return existsSync(path.join(folder, mark));
}
