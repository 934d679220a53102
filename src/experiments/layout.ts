/** Where our own state lies below .dvc/tmp/exps/sweepline. Deleting it loses logs and history of runs, never an experiment. */
import path from "node:path";
import type { Project } from "../project/project.ts";

export interface StateLayout {
  readonly root: string;
  /** One lock file a claimed queue entry: `<sequence>`. */
  readonly claims: string;
  /** One lock file a point of a matrix that runs here. */
  readonly points: string;
  /** One folder a run: `<sequence>-<name>` with log and record.json. */
  readonly runs: string;
  /** Workspace copies: `<slot>/`, beside each its `<slot>.lock`. */
  readonly copies: string;
  /** One lock file a device or slot that a running experiment has. */
  readonly devices: string;
  readonly scratch: string;
  readonly queueLock: string;
  readonly workspaceLock: string;
  /** Which experiment runs in the workspace. */
  readonly workspaceRun: string;
  /** The process groups of the run in the workspace. */
  readonly workspaceProcesses: string;
  /** The running stages of each `repro`: see recovery/stage-tables.ts. */
  readonly stageTables: string;
  readonly lastSequence: string;
  /** What is asked of whoever runs the queue: see coordinator/requests.ts. */
  readonly requests: string;
  /** The order of entries that were moved: see queue/order.ts. */
  readonly order: string;
  /** Held by the background coordinator as long as it lives. */
  readonly coordinatorLock: string;
  /** Its pid and how many jobs it has. */
  readonly coordinatorFacts: string;
  readonly coordinatorLog: string;
  /** Held while a background coordinator starts or ends. */
  readonly startLock: string;
  /** Notifications that have not arrived: see live/outbox.ts. */
  readonly outbox: string;
  /** By which a Git remote knows who took entries of its queue: see share/claims.ts. */
  readonly cloneId: string;
}

export function stateLayout(project: Pick<Project, "tmpDir">): StateLayout {
  const root = path.join(project.tmpDir, "exps", "sweepline");
  return {
    root,
    claims: path.join(root, "claims"),
    points: path.join(root, "points"),
    runs: path.join(root, "runs"),
    copies: path.join(root, "copies"),
    devices: path.join(root, "devices"),
    scratch: path.join(root, "scratch"),
    queueLock: path.join(root, "queue.lock"),
    workspaceLock: path.join(root, "workspace.lock"),
    workspaceRun: path.join(root, "workspace.run"),
    workspaceProcesses: path.join(root, "workspace.processes"),
    stageTables: path.join(root, "stages"),
    lastSequence: path.join(root, "last-sequence"),
    requests: path.join(root, "requests"),
    order: path.join(root, "order.json"),
    coordinatorLock: path.join(root, "coordinator.lock"),
    coordinatorFacts: path.join(root, "coordinator.jobs"),
    coordinatorLog: path.join(root, "coordinator.log"),
    startLock: path.join(root, "start.lock"),
    outbox: path.join(root, "outbox"),
    cloneId: path.join(root, "clone-id"),
  };
}

/** A sequence number as it stands in refs and file names: ten digits, so that names sort as numbers do. */
export function sequenceText(sequence: number): string {
  return String(sequence).padStart(10, "0");
}
