/**
 * Jobs of a Slurm cluster, as owners of locks: a pid of another node says nothing here, but Slurm knows whether its job still
 * runs. Asked job by job, which costs the controller little, and one answer serves for a moment.
 */
import { spawnSync } from "node:child_process";
import { beforeEffect } from "./effects.ts";
import { isCount, shaped, textLike } from "./json.ts";

export interface ClusterJob {
  /** Of an array's task too: Slurm gives each a number of its own. */
  readonly id: string;
  /** How often it was put back into Slurm's queue: the processes of an earlier start are gone. */
  readonly restarts: number;
}

export const isClusterJob = shaped<ClusterJob>({ id: textLike(/^\d{1,12}$/), restarts: isCount });

/** The job that a process with such an environment is part of. */
export function jobOf(env: Readonly<Record<string, string | undefined>>): ClusterJob | undefined {
  const job = { id: env.SLURM_JOB_ID ?? "", restarts: Number(env.SLURM_RESTART_COUNT ?? 0) };
  return isClusterJob(job) ? job : undefined;
}

interface Answer {
  readonly at: number;
  readonly state: JobLife;
}

/** "unknown": nobody here can tell, as without Slurm's programs or while its controller is down. */
export type JobLife = "lives" | "gone" | "unknown";

const answers = new Map<string, Answer>();
const freshMs = 2_000;
const limitMs = 10_000;

function ask(program: string, args: readonly string[]): { readonly exitCode: number | null; readonly stdout: string } {
  beforeEffect("spawn", program);
  const { status, stdout } = spawnSync(program, args, { timeout: limitMs, encoding: "utf8", stdio: "pipe" });
  return { exitCode: status, stdout: stdout ?? "" };
}

const over = /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT)/;

/** Whether nothing of a job in that state is to come any more. */
export function isOver(state: string): boolean {
  return over.test(state);
}

/** It has not begun, or is to begin once more. */
const waits = /^(PENDING|REQUEUED)/;

function lifeOf({ id, restarts }: ClusterJob): JobLife {
  const { exitCode, stdout } = ask("squeue", [
    "--noheader",
    `--jobs=${id}`,
    "--states=all",
    "--Format=State:30,RestartCnt:12",
  ]);
  if (exitCode !== 0) return ask("scontrol", ["ping"]).exitCode === 0 ? "gone" : "unknown";
  const [state, count] = stdout.trim().split(/\s+/);
  if (state === undefined || state === "") return "gone";
  return isOver(state) || waits.test(state) || Number(count) > restarts ? "gone" : "lives";
}

/** Whether the job still runs, in the same start of it. */
export function jobLife(job: ClusterJob): JobLife {
  const key = `${job.id}.${job.restarts}`;
  const known = answers.get(key);
  if (known !== undefined && Date.now() - known.at < freshMs) return known.state;
  const state = lifeOf(job);
  if (answers.size > 10_000) answers.clear();
  answers.set(key, { at: Date.now(), state });
  return state;
}
