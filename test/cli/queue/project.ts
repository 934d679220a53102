/** Repositories with a queue whose stages the test holds, and what to look at in it. */
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { backgroundCoordinator } from "../../../src/experiments/coordinator/facts.ts";
import { stateLayout } from "../../../src/experiments/layout.ts";
import {
  type Gate,
  type GateCall,
  makeGate,
  makeGatedRepository,
  type Repository,
  whenFileEnds,
  within,
} from "../../rig/index.ts";

export interface HeldQueue {
  readonly gate: Gate;
  readonly repository: Repository;
}

/** Points queued as p-1, p-2... of a stage that is a gate. */
export async function heldQueue(points: string, options: readonly string[] = []): Promise<HeldQueue> {
  const gate = await makeGate("hold");
  const repository = makeGatedRepository(gate.command);
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", `x=choice(${points})`, ...options]);
  whenFileEnds(() => endBackground(repository));
  return { gate, repository };
}

/** A background coordinator outlives the command that started it, and a failing test. */
function endBackground(repository: Repository): void {
  const lock = ".dvc/tmp/exps/sweepline/coordinator.lock";
  if (!repository.exists(lock)) return;
  try {
    process.kill((JSON.parse(repository.read(lock)) as { readonly pid: number }).pid, "SIGTERM");
  } catch {
    // It has ended meanwhile.
  }
}

export const finish = (call: GateCall) => call.finish({ files: { "out.txt": "done\n" } });

export interface Task {
  readonly state: "running" | "queued" | "failed" | "success";
  readonly name: string;
  readonly sequence: number;
  readonly log: string | null;
  readonly coordinator: number | null;
  readonly stages: readonly number[];
  readonly message: string | null;
  readonly failure: { readonly code: string; readonly stage?: string } | null;
  readonly attempts: readonly { readonly cause: string; readonly message: string }[];
}

export interface Status {
  readonly tasks: readonly Task[];
  readonly workers: {
    readonly active: number;
    readonly idle: number;
    readonly coordinator: { readonly pid: number; readonly jobs: number; readonly log: string } | null;
  };
  readonly broken: readonly string[];
}

export async function status(repository: Repository): Promise<Status> {
  return JSON.parse(await repository.succeed(["queue", "status", "--json"])) as Status;
}

/** `p-1 running`, in the order of `queue status`. */
export async function states(repository: Repository): Promise<string[]> {
  return (await status(repository)).tasks.map((task) => `${task.name} ${task.state}`);
}

/** Waits until the background coordinator has ended. Looks at its lock: asking the binary costs, and tidies up. */
export async function coordinatorEnds(repository: Repository): Promise<void> {
  const layout = stateLayout({ tmpDir: path.join(repository.folder, ".dvc/tmp") });
  const gone = async () => {
    while (backgroundCoordinator(layout) !== undefined) await setTimeout(20);
  };
  await within(gone(), "the background workers to end");
}

/** Waits as coordinatorEnds, and tells what is left. */
export async function whenGone(repository: Repository): Promise<Status> {
  await coordinatorEnds(repository);
  return status(repository);
}
