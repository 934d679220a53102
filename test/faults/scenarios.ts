/** What is done while faults happen: each scenario is prepared once, copied for each run, and gone on with afterwards. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Repository, within } from "../rig/index.ts";
import { type Plan, type PlannedPoint, processesOf, whenEnded } from "./invariants.ts";
import { paramsOf } from "./project.ts";

export type Words = readonly string[];

export interface Scenario extends Pick<Plan, "points" | "changes" | "queued" | "data" | "checkpoints"> {
  readonly name: string;
  prepare?(repository: Repository): Promise<unknown>;
  /** Made anew for each run: what a copy can't hold, such as a process. */
  arrange?(repository: Repository): Promise<unknown>;
  /** Run one after the other under the fault, up to the first that does not succeed. */
  readonly commands: readonly Words[];
  /** Started with the first of them, and meets no fault. */
  readonly beside?: Words;
  /** Until what the commands started in the background has ended. */
  settle?(repository: Repository): Promise<unknown>;
  /** How to go on, once anything is queued; the commands again where absent. */
  readonly again?: readonly Words[];
}

const points: readonly PlannedPoint[] = [2, 3, 4].map((x, at) => ({ name: `p-${at + 1}`, x }));
const queueing = ["exp", "run", "--queue", "-n", "p", "-S", "x=2,3,4"];
export const runAll: Words = ["exp", "run", "--run-all", "-j", "2", "--retry-delay", "0.01s"];
const ofHome = (repository: Repository, name: string) => path.join(repository.root, "home", name);

const queued = (repository: Repository) => repository.succeed(queueing);

/** Three experiments. */
export async function finished(repository: Repository): Promise<void> {
  await repository.succeed(queueing);
  await repository.succeed(runAll);
  await repository.succeed(["exp", "clean"]);
}

async function failed(repository: Repository): Promise<void> {
  writeFileSync(ofHome(repository, "refuse"), "");
  await repository.succeed(queueing);
  const { exitCode } = await repository.run(runAll);
  if (exitCode !== 1) throw new Error(`failing stages gave exit code ${exitCode}`);
  await repository.succeed(["exp", "clean"]);
  rmSync(ofHome(repository, "refuse"));
}

/** A background run whose stages take longer than any test. */
async function busy(repository: Repository): Promise<void> {
  writeFileSync(ofHome(repository, "slow"), "");
  await repository.succeed(["queue", "start", "-j", "2"]);
  const stages = async () => {
    while (processesOf(repository).filter(({ command }) => /^sleep /.test(command)).length < 2) await setTimeout(10);
  };
  await within(stages(), "two stages to start");
  rmSync(ofHome(repository, "slow"));
}

const stopAndRun: readonly Words[] = [["queue", "stop", "--kill"], ["queue", "retry", "--failed"], runAll];

/** Stale locks and claims, a broken cache object: work for the doctor. */
async function damaged(repository: Repository): Promise<void> {
  await finished(repository);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=9"]);
  const dead = JSON.stringify({ pid: 999_999_999, startedAt: "1@gone", what: "test" });
  const state = ".dvc/tmp/exps/sweepline";
  repository.write({ [`${state}/claims/0000000004`]: dead, [`${state}/queue.lock`]: dead });
}

const ran = { changes: "nothing", queued: "none", points } as const;
const managed = { changes: "nothing", queued: "all", points: undefined } as const;

/** The cheaper first: in the bounded run a place is tried in the first scenario that comes by. */
export const runs: readonly Scenario[] = [
  {
    ...ran,
    name: "workspace",
    points: [{ name: "w", x: 5 }],
    changes: "files and index",
    commands: [["exp", "run", "-n", "w", "-S", "x=5"]],
    // Once it is there it is done.
    again: [],
  },
  {
    ...ran,
    name: "temporary",
    points: [{ name: "t", x: 5 }],
    commands: [["exp", "run", "--temp", "-n", "t", "-S", "x=5"]],
    // One that was interrupted is in the queue.
    again: [["queue", "retry", "--failed"], runAll],
  },
  { ...ran, name: "queue, run-all", commands: [queueing, runAll], again: [["queue", "retry", "--failed"], runAll] },
  {
    ...ran,
    name: "sweep",
    commands: [["sweep", "-n", "p", "-j", "2", "x=2,3,4"]],
    again: [["sweep", "-n", "p", "-j", "2", "--retry-failed", "x=2,3,4"]],
  },
  {
    ...ran,
    name: "background",
    queued: "all",
    prepare: queued,
    commands: [["queue", "start", "-j", "2", "--idle", "0.01s", "--retry-delay", "0.01s"]],
    settle: (repository) => whenEnded(repository, /queue worker/),
    again: [["queue", "retry", "--failed"], runAll],
  },
  {
    ...ran,
    name: "retry",
    queued: "all",
    prepare: failed,
    commands: [["queue", "retry", "--failed"], runAll],
    again: [["queue", "retry", "--failed"], runAll],
  },
  {
    ...ran,
    name: "queue kill",
    queued: "all",
    prepare: queued,
    arrange: busy,
    commands: [["queue", "kill", "p-1"]],
    again: stopAndRun,
  },
  {
    ...ran,
    name: "queue stop",
    queued: "all",
    prepare: queued,
    arrange: busy,
    commands: [["queue", "stop", "--kill"]],
    again: stopAndRun,
  },
];

/** The stage registers its outputs twice, by DVC 2's protocol; between the two its log grows. */
async function withCheckpoints(repository: Repository): Promise<void> {
  const ask = [
    'signal="$DVC_ROOT/.dvc/tmp/DVC_CHECKPOINT"',
    'checkpoint() { echo x >> steps.txt; : > "$signal"; while [ -e "$signal" ]; do sleep 0.01; done; }',
  ];
  const pipeline = repository.read("dvc.yaml").replace(/ +- out\.txt\b.*\n/, "      - out.txt: {checkpoint: true}\n");
  repository.write({
    "stage.sh": `${repository.read("stage.sh")}${[...ask, "checkpoint", "checkpoint"].join("\n")}\n`,
    "dvc.yaml": pipeline.replace("      - out.txt", "      - steps.txt: {checkpoint: true}\n      - out.txt"),
    ".gitignore": "/out.txt\n/steps.txt\n",
  });
  repository.git("commit", "--quiet", "--message", "checkpoints", "--", "stage.sh", "dvc.yaml", ".gitignore");
}

/** Where nobody answers any more the stage waits for ever: the next command, whatever it is, ends it. */
const nextCommand = (repository: Repository) => repository.run(["status"]);

export const checkpoints: readonly Scenario[] = [
  {
    ...ran,
    name: "checkpoints, workspace",
    checkpoints: true,
    points: [{ name: "w", x: 5 }],
    changes: "files and index",
    prepare: withCheckpoints,
    settle: nextCommand,
    commands: [["exp", "run", "-n", "w", "-S", "x=5"]],
    again: [["exp", "run", "-n", "w", "-S", "x=5"]],
  },
  {
    ...ran,
    name: "checkpoints, temporary",
    checkpoints: true,
    points: [{ name: "t", x: 5 }],
    prepare: withCheckpoints,
    settle: nextCommand,
    commands: [["exp", "run", "--temp", "-n", "t", "-S", "x=5"]],
    again: [["queue", "retry", "--failed"], runAll],
  },
];

const pushed = async (repository: Repository) => {
  await finished(repository);
  await repository.succeed(["exp", "push", "origin", "p-1", "p-2"]);
  await repository.succeed(["exp", "remove", "p-1", "p-2"]);
  rmSync(path.join(repository.folder, ".dvc/cache"), { recursive: true });
  await repository.succeed(["exp", "remove", "p-3"]);
};

const planned = "../sweep.json";

/** A plan of the three points, of a commit that the remote has; jobs start where no tracked file is changed. */
async function plannedForJobs(repository: Repository): Promise<void> {
  repository.git("restore", "notes.txt");
  repository.git("commit", "--quiet", "--message", "staged");
  mkdirSync(path.join(repository.root, "store"), { recursive: true });
  await repository.succeed(["matrix", "plan", "-n", "p", "x=2,3,4", "-o", planned]);
}

const job: Words = ["matrix", "run", "--plan", planned, "--point", "0-2", "-j", "2"];

async function ranAsJobs(repository: Repository): Promise<void> {
  await plannedForJobs(repository);
  await repository.succeed(job);
  await repository.succeed(["exp", "remove", "p-1", "p-2", "p-3"]);
  await repository.succeed(["exp", "clean"]);
}

export const matrix: readonly Scenario[] = [
  { ...ran, name: "matrix run", prepare: plannedForJobs, commands: [job] },
  {
    ...ran,
    name: "matrix collect",
    prepare: ranAsJobs,
    commands: [["matrix", "collect", "--plan", planned, "--md", "../report.md"]],
  },
];

export const management: readonly Scenario[] = [
  { ...managed, name: "exp remove", prepare: finished, commands: [["exp", "remove", "p-1", "p-2"]] },
  { ...managed, name: "queue remove", prepare: queued, commands: [["queue", "remove", "--queued"]] },
  { ...managed, name: "queue move", prepare: queued, commands: [["queue", "move", "p-3", "--first"]] },
  { ...managed, name: "exp rename", prepare: finished, commands: [["exp", "rename", "p-1", "q"]] },
  { ...managed, name: "exp branch", changes: "branches", prepare: finished, commands: [["exp", "branch", "p-1", "b"]] },
  { ...managed, name: "exp push", prepare: finished, commands: [["exp", "push", "origin", "p-1", "p-2"]] },
  {
    ...managed,
    name: "exp pull",
    data: "may follow",
    prepare: pushed,
    commands: [["exp", "pull", "origin", "p-1", "p-2"]],
  },
  { ...managed, name: "exp clean", prepare: finished, commands: [["exp", "clean", "--keep", "0"]] },
  {
    ...managed,
    name: "gc",
    prepare: async (repository) => {
      await finished(repository);
      await repository.succeed(["exp", "remove", "p-3"]);
    },
    commands: [["gc", "-w", "-f"]],
  },
  { ...managed, name: "doctor", prepare: damaged, commands: [["doctor", "--fix"]] },
  {
    ...managed,
    name: "exp apply",
    changes: "files and index",
    prepare: async (repository) => {
      await finished(repository);
      repository.git("restore", "notes.txt");
    },
    commands: [["exp", "apply", "p-2"]],
  },
  {
    ...managed,
    name: "exp save",
    prepare: async (repository) => {
      repository.write({ "params.yaml": paramsOf(7) });
      await repository.succeed(["repro"]);
    },
    commands: [["exp", "save", "-n", "s"]],
  },
  {
    ...managed,
    name: "repro",
    changes: "files and index",
    prepare: async (repository) => repository.write({ "params.yaml": paramsOf(8) }),
    commands: [["repro"]],
  },
];
