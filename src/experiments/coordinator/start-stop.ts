/** Starting and stopping the background coordinator, as the commands `queue start` and `queue stop` do it. */

import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, makeFolder, rename } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import { startDetached } from "../../pipeline/processes/detached.ts";
import type { StateLayout } from "../layout.ts";
import type { ExperimentsContext } from "../repository.ts";
import { backgroundCoordinator } from "./facts.ts";
import { type QueueRequest, readRequests, removeRequest, type StopManner, writeRequest } from "./requests.ts";
import { notAnswering, SuspensionWatch } from "./suspended.ts";

const pollMs = 25;
const startLimitMs = 30_000;
/** Stages have five seconds to end after SIGTERM. */
const stopLimitMs = 60_000;
const largestLogBytes = 4 << 20;

/** Waits until the condition holds; false where the time is over before. */
async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) return false;
    await pause(pollMs);
  }
  return true;
}

/** As `until`, for what the coordinator does. Errors: SUSPENDED where it is stopped, with the request taken back. */
async function untilHeard(state: StateLayout, request: QueueRequest, condition: () => boolean): Promise<boolean> {
  const watch = new SuspensionWatch(() => backgroundCoordinator(state));
  let suspended: ProcessIdentity | undefined;
  const isOver = () => {
    if (condition()) return true;
    suspended = watch.suspended();
    return suspended !== undefined;
  };
  const isHeard = await until(isOver, request.kind === "stop" ? stopLimitMs : startLimitMs);
  if (suspended === undefined) return isHeard;
  removeRequest(state, request);
  throw notAnswering(suspended);
}

export interface StartRequest {
  readonly jobs: number;
  /** Of the coordinator's command line. */
  readonly words: readonly string[];
  /** Whether they differ from the defaults, so that workers which run already can't be what is wanted. */
  readonly asks: "nothing" | "own options";
}

export interface Started {
  /** "raised": the coordinator ran already, with the options of its own start; "resumed": and was to stop. */
  readonly kind: "launched" | "raised" | "resumed";
  /** How many workers came, and how many there are now. */
  readonly added: number;
  readonly jobs: number;
  readonly pid: number;
}

/** Makes sure that a background coordinator with at least that many jobs runs. Errors: NOT_STARTED with its log, STOPPING. */
export function startBackground(context: ExperimentsContext, request: StartRequest): Promise<Started> {
  makeFolder(context.state.root);
  return withLock({ file: context.state.startLock, what: "queue start" }, async () => {
    for (;;) {
      const living = backgroundCoordinator(context.state);
      if (living === undefined) return launch(context, request);
      const isStopping = living.state === "draining";
      if (isStopping && request.asks === "own options") throw stopping(living.pid);
      const jobs = Math.max(living.jobs, request.jobs);
      if (await raiseJobs(context.state, jobs))
        return { kind: isStopping ? "resumed" : "raised", added: jobs - living.jobs, jobs, pid: living.pid };
    }
  });
}

function stopping(pid: number): SweeplineError {
  return new SweeplineError({
    code: "STOPPING",
    message: `the queue workers (process ${pid}) stop when their running experiments have ended: until then they take no other options`,
    hint: "`sweepline queue stop --kill` ends them at once; `sweepline queue start` with --jobs alone takes the stop back.",
  });
}

/** Asks the living coordinator, which may be about to end: false where it ended without having heard. */
async function raiseJobs(state: StateLayout, jobs: number): Promise<boolean> {
  const request = { kind: "jobs", jobs } as const;
  writeRequest(state, request);
  const isHeard = () => !readRequests(state).some((item) => item.kind === "jobs");
  const isGone = () => backgroundCoordinator(state) === undefined;
  const isDone = await untilHeard(state, request, () => isHeard() || isGone());
  if (isHeard()) return true;
  removeRequest(state, request);
  if (!isDone) throw silent(state, "NOT_STARTED");
  return false;
}

async function launch({ state, project }: ExperimentsContext, { jobs, words }: StartRequest): Promise<Started> {
  for (const request of readRequests(state)) if (request.kind !== "kill") removeRequest(state, request);
  const size = lstatIfExists(state.coordinatorLog)?.size ?? 0;
  if (size > largestLogBytes) rename(state.coordinatorLog, `${state.coordinatorLog}.old`);
  const child = startDetached({
    program: process.execPath,
    args: [process.argv[1] ?? "", "queue", "worker", ...words],
    folder: project.root,
    log: state.coordinatorLog,
  });
  const isReady = () => backgroundCoordinator(state)?.pid === child.pid;
  await until(() => isReady() || child.hasEnded(), startLimitMs);
  if (!isReady())
    throw new SweeplineError({
      code: "NOT_STARTED",
      message: "the queue workers could not be started",
      hint: `See ${state.coordinatorLog}.`,
    });
  return { kind: "launched", added: jobs, jobs, pid: child.pid };
}

/** Asks the background coordinator to end. Returns once it heard ("wait") or has ended ("kill"); false where none runs. */
export async function stopBackground({ state }: ExperimentsContext, manner: StopManner): Promise<boolean> {
  if (backgroundCoordinator(state) === undefined) return false;
  const request = { kind: "stop", manner } as const;
  writeRequest(state, request);
  const isGone = () => backgroundCoordinator(state) === undefined;
  const isHeard = () => !readRequests(state).some((item) => item.kind === "stop");
  const isDone = await untilHeard(state, request, () => isGone() || (manner === "wait" && isHeard()));
  if (isGone()) removeRequest(state, request);
  if (!isDone) throw silent(state, "NOT_STOPPED");
  return true;
}

function silent(state: StateLayout, code: "NOT_STARTED" | "NOT_STOPPED"): SweeplineError {
  return new SweeplineError({
    code,
    message: "the queue workers did not answer",
    hint: `See ${state.coordinatorLog}; process ${backgroundCoordinator(state)?.pid ?? ""}.`,
  });
}
