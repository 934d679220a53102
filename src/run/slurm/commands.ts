/** Slurm's own programs, and what they say. Accounting (sacct) is never asked: many sites have none. */
import { SweeplineError } from "../../base/errors.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import { runToEnd } from "../../pipeline/processes/short-program.ts";

/** One record of `squeue --json`: of a task of an array, or of all those of an array that have not started. */
export interface SlurmJob {
  /** As `scancel` takes it: `17`, `17_3`; of an array `17`. */
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Numbers of the array's tasks that the record is of. */
  readonly tasks: (task: number) => boolean;
}

const limitMs = 60_000;
/** Slurm's programs try for long to reach a controller that is down: whoever watches asks again anyway. */
const listLimitMs = 15_000;

/** A number of newer versions is `{"set": true, "number": 3}`. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return isRecord(value) && value.set === true && typeof value.number === "number" ? value.number : undefined;
}

/** `0-3,7%2`; of a long one only the start is told, with dots. */
function tasksOf(text: string): (task: number) => boolean {
  const parts = text.replace(/%.*$/, "").split(",");
  const ranges = parts.flatMap((part) => {
    const found = /^(\d+)(?:-(\d+))?(?::\d+)?$/.exec(part);
    return found === null ? [] : [[Number(found[1]), Number(found[2] ?? found[1])] as const];
  });
  const isCut = text.includes("...");
  return (task) => isCut || ranges.some(([from, to]) => from <= task && task <= to);
}

function jobFrom(value: unknown): SlurmJob | undefined {
  if (!isRecord(value) || typeof value.name !== "string") return undefined;
  const state = Array.isArray(value.job_state) ? value.job_state[0] : value.job_state;
  const id = numberOf(value.job_id);
  if (typeof state !== "string" || id === undefined) return undefined;
  const array = numberOf(value.array_job_id) ?? 0;
  const waiting = typeof value.array_task_string === "string" ? value.array_task_string : "";
  const common = { name: value.name, state };
  if (waiting !== "") return { ...common, id: String(array || id), tasks: tasksOf(waiting) };
  const task = numberOf(value.array_task_id) ?? 0;
  return { ...common, id: array === 0 ? String(id) : `${array}_${task}`, tasks: (number) => number === task };
}

/** The jobs in a text of `squeue --json` whose name starts so; undefined where it could not list them. */
export function parseJobs(text: string, prefix: string): readonly SlurmJob[] | undefined {
  const answer = parseJson(text);
  if (!isRecord(answer) || !Array.isArray(answer.jobs)) return undefined;
  // Where its controller is down squeue of version 22 ends with 0 all the same, with no jobs and an error.
  if (Array.isArray(answer.errors) && answer.errors.length > 0) return undefined;
  return answer.jobs.flatMap((job) => jobFrom(job) ?? []).filter(({ name }) => name.startsWith(prefix));
}

/** Slurm, asked from a folder. */
export class SlurmCommands {
  constructor(private readonly folder: string) {}

  private run(program: string, args: readonly string[], most = limitMs) {
    return runToEnd(program, args, { folder: this.folder, limitMs: most });
  }

  /** undefined where Slurm does not answer now. Version 22 lists all jobs, whatever is asked for. */
  async jobs(prefix: string): Promise<readonly SlurmJob[] | undefined> {
    const { exitCode, stdout } = await this.run("squeue", ["--json"], listLimitMs);
    return exitCode === 0 ? parseJobs(stdout, prefix) : undefined;
  }

  /** How many tasks an array may have. Errors: ENGINE_UNAVAILABLE. */
  async mostTasks(): Promise<number> {
    const { exitCode, stdout, stderr } = await this.run("scontrol", ["show", "config"]);
    if (exitCode !== 0)
      throw new SweeplineError({
        code: "ENGINE_UNAVAILABLE",
        message: `Slurm can't be used from here: ${stderr || "scontrol gave no reason"}`,
        hint: "It is used where sbatch, squeue, scontrol and scancel are, such as on a login node. `--engine local` runs here.",
      });
    return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? 1001);
  }

  /** The number of the new job. Errors: ENGINE_REFUSED with Slurm's words. */
  async submit(args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run("sbatch", args);
    const id = /^(\d+)/.exec(stdout)?.[1];
    if (exitCode === 0 && id !== undefined) return id;
    throw new SweeplineError({
      code: "ENGINE_REFUSED",
      message: `Slurm refused the jobs: ${stderr || stdout.trim() || "sbatch gave no reason"}`,
      hint: "Nothing is lost: the experiments wait in the queue.",
    });
  }

  async cancel(ids: readonly string[], only?: "pending"): Promise<void> {
    if (ids.length === 0) return;
    await this.run("scancel", [...(only === undefined ? [] : ["--state=PENDING"]), ...ids]);
  }

  /** False where the site forbids it. */
  async requeue(id: string): Promise<boolean> {
    return (await this.run("scontrol", ["requeue", id])).exitCode === 0;
  }
}
