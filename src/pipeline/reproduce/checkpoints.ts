/**
 * Checkpoints of a running stage. Loaded only for a stage that has outputs with `checkpoint: true`.
 *
 * At a signal the stage stands still, since who gave it waits: outputs go into the cache, then the stage's entry into the lock
 * file, then whoever runs the stage registers what is there now, which is the commit point. Only then the signal goes. A kill
 * before that leaves the checkpoint before it: everything up to there can be done again.
 */
import { tryLock, unlock } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import { toldLater } from "../../base/promises.ts";
import { note, traced } from "../../base/trace.ts";
import { shownStage } from "../check/work.ts";
import {
  type CheckpointPlace,
  checkpointPlace,
  checkpointVariable,
  clearSignal,
  clearSteps,
  signalGiven,
  stepsDone,
} from "../processes/checkpoint-signal.ts";
import { whileHeld } from "../processes/stopped-groups.ts";
import type { LockEntry } from "../types.ts";
import type { StageInputs } from "./entry.ts";
import { addOutputs, checkoutStageOutputs } from "./outputs.ts";
import type { KeepCheckpoint, StageRun } from "./stage-run.ts";

/** How often we look for a signal: a small part of what a checkpoint costs. */
const pollMs = 5;
/** How often a stage that waits for its turn to listen looks. */
const turnMs = 50;

export type CommandsEnd = "done" | "cancelled";

class Listener {
  /** Aborted with the run's own, or where a checkpoint could not be taken: the stage waits for it in vain. */
  readonly abort = new AbortController();
  private taking: Promise<void> = Promise.resolve();
  private state: "listening" | "taking" = "listening";
  private last: LockEntry | undefined;
  /** Of the stage's running command. */
  group: number | undefined;
  /** How many steps there were at the last checkpoint that was taken for them. */
  private steps = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly run: StageRun,
    private readonly place: CheckpointPlace,
    private readonly take: () => Promise<LockEntry>,
  ) {
    this.timer = setInterval(() => this.look(), pollMs);
    // What runs keeps the process alive, not our look.
    this.timer.unref();
    this.forward = this.forward.bind(this);
    run.signal.addEventListener("abort", this.forward, { once: true });
    if (run.signal.aborted) this.forward();
  }

  private forward(): void {
    this.abort.abort();
  }

  private look(): void {
    if (this.state === "taking" || this.abort.signal.aborted) return;
    if (signalGiven(this.place) !== undefined) this.taking = toldLater(this.doing(() => this.answer()));
    else if (this.isStepDue()) this.taking = toldLater(this.doing(() => this.takeAtStep()));
  }

  private isStepDue(): boolean {
    const every = this.run.options.checkpoints?.every;
    return every !== undefined && this.group !== undefined && stepsDone(this.place) >= this.steps + every;
  }

  /** DVCLive goes on at once, so the stage is held still while its outputs are read. One that can't be held has a later turn. */
  private async takeAtStep(): Promise<void> {
    const steps = stepsDone(this.place);
    const { group } = this;
    if (group === undefined) return;
    const take = async () => {
      this.last = await this.take();
    };
    if (await whileHeld(group, take)) this.steps = steps;
  }

  /** A signal that comes meanwhile may be for outputs that were written after we had read them: once more. */
  private async answer(): Promise<void> {
    for (let given = signalGiven(this.place); given !== undefined; ) {
      this.last = await this.take();
      const now = signalGiven(this.place);
      if (now === given) clearSignal(this.place);
      given = now === given ? undefined : now;
    }
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    this.state = "taking";
    try {
      await work();
      this.state = "listening";
    } finally {
      if (this.state === "taking") this.abort.abort();
    }
  }

  /** The stage's processes have ended. Answers the last checkpoint. */
  async close(): Promise<LockEntry | undefined> {
    clearInterval(this.timer);
    await Promise.allSettled([this.taking]);
    this.run.signal.removeEventListener("abort", this.forward);
    return this.last;
  }

  /** Throws what kept a checkpoint from being taken. */
  throwFailure(): Promise<void> {
    return this.taking;
  }
}

async function takeCheckpoint(run: StageRun, inputs: StageInputs, keep: KeepCheckpoint): Promise<LockEntry> {
  const { work, stage } = run;
  return traced({ topic: "stages", name: "checkpoint", detail: () => stage.address }, async () => {
    await run.pin.hold();
    const outs = await addOutputs(work, stage);
    for (const file of run.ignorer.ignore(stage)) run.wrote(file);
    const entry: LockEntry = { cmd: stage.cmd ?? [], ...inputs, outs };
    await keep(stage, entry);
    run.pin.release();
    return entry;
  });
}

/** Two stages of one project would take each other's signal: one after the other. */
async function takeTurn(run: StageRun, { listener }: CheckpointPlace): Promise<void> {
  while (!run.signal.aborted && !tryLock(listener, `checkpoints of ${run.stage.address}`)) {
    note("stages", () => `${shownStage(run.work, run.stage)}: another stage listens for checkpoints`);
    await pause(turnMs, run.signal);
  }
}

async function listenWhile(
  run: StageRun,
  listener: Listener,
  commands: (run: StageRun) => Promise<CommandsEnd>,
): Promise<CommandsEnd> {
  const { options, work } = run;
  const environment = { ...options.environment, [checkpointVariable]: "1" };
  let end: CommandsEnd = "cancelled";
  try {
    end = await commands({
      ...run,
      signal: listener.abort.signal,
      // The signal comes to where the stage runs: in a copy that is not the user's repository.
      options: { ...options, environment, dvcRoot: work.project.root },
      events: {
        ...run.events,
        processStarted: (started) => {
          listener.group = started.pid;
          run.events.processStarted(started);
        },
        processEnded: (ended) => {
          listener.group = undefined;
          run.events.processEnded(ended);
        },
      },
    });
  } finally {
    const last = await listener.close();
    const outs = last?.outs ?? options.checkpoints?.beginsWith?.(run.stage.address);
    // Half an epoch is no result: what was registered last is what the next run goes on from.
    if (end === "cancelled" && outs !== undefined) await checkoutStageOutputs(work, run.stage, outs);
  }
  await listener.throwFailure();
  return end;
}

/**
 * Runs a stage's commands, and takes a checkpoint whenever they ask for one. Where they fail or are stopped, the outputs become
 * those of the last checkpoint, which may be the one that the run went on from. Errors: those of the commands, and what keeps a checkpoint from being taken: it ends the stage.
 */
export async function withCheckpoints(
  run: StageRun,
  { inputs, keep }: { readonly inputs: StageInputs; readonly keep: KeepCheckpoint },
  commands: (run: StageRun) => Promise<CommandsEnd>,
): Promise<CommandsEnd> {
  const place = checkpointPlace(run.work.project.tmpDir);
  await takeTurn(run, place);
  if (run.signal.aborted) return "cancelled";
  try {
    // Of a run that was killed: nobody waits for it any more.
    clearSignal(place);
    clearSteps(place);
    const { lock } = run.options;
    const take = () => takeCheckpoint(run, inputs, keep);
    const listener = new Listener(run, place, lock === undefined ? take : () => lock.step(take));
    return await listenWhile(run, listener, commands);
  } finally {
    clearSignal(place);
    unlock(place.listener);
  }
}
