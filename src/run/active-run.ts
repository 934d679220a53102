/** One running experiment, as the main thread sees it: its worker, its process groups, and why it is to end. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { isExpected, SweeplineError } from "../base/errors.ts";
import { removeFile } from "../base/files.ts";
import type { ProcessIdentity } from "../base/processes.ts";
import { type ChainTip, CheckpointChain } from "../experiments/checkpoints/chain.ts";
import type { PipelineFileFinder } from "../experiments/copy/pipeline-files.ts";
import type { SlotPool } from "../experiments/copy/slots.ts";
import type { EmitRunEvent } from "../experiments/events.ts";
import type { QueueEntry } from "../experiments/queue/entries.ts";
import { endProcessGroups, killGroup } from "../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { processesFile, type RunFolder, runnerId } from "../experiments/runs/records.ts";
import type { RefTransactions } from "../git/refs.ts";
import { dropLostLeases } from "../pipeline/locks/leases.ts";
import type { StageRunner } from "../pipeline/locks/owner-links.ts";
import { cachePlace, type Pin, pinCache } from "../pipeline/locks/pins.ts";
import { whileStopped } from "../pipeline/processes/stopped-groups.ts";
import { Deadline, type LimitMoment } from "./limits/deadline.ts";
import type { RegisterAnswer, WrittenCheckpoint } from "./one/copy-checkpoints.ts";
import { watchLog } from "./one/log-limit.ts";
import type { WorkerPool } from "./pool/pool.ts";
import type { MainMessage, WorkerMessage } from "./pool/tasks.ts";
import type { RunEnd } from "./settle.ts";
import type { EarlyStops } from "./stopping/early-stops.ts";
import type { StepValue } from "./stopping/rules.ts";

export interface RunTools {
  readonly context: ExperimentsContext;
  readonly pool: WorkerPool;
  readonly slots: SlotPool;
  readonly committer: string;
  readonly pipelineFiles: PipelineFileFinder;
  readonly refs: RefTransactions;
}

export interface RunSettings {
  readonly timeoutMs: number | undefined;
  readonly timeoutAt: LimitMoment | undefined;
  /** Steps of DVCLive from one checkpoint to the next; undefined: they make none. */
  readonly checkpointEvery: number | undefined;
  /** Who ends hopeless runs. */
  readonly early: EarlyStops | undefined;
  /** Added to that of the stages. */
  readonly environment: Readonly<Record<string, string>>;
}

/** "stopped": the whole run ends, back into the queue. "interrupted": by the end of the job that it runs in. */
export type StopReason = "stopped" | "interrupted" | "killed" | "timed-out" | "hopeless";

async function registerIn(chain: CheckpointChain, checkpoint: WrittenCheckpoint): Promise<RegisterAnswer> {
  try {
    return { kind: "registered", tip: await chain.register(checkpoint) };
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { message } = error;
    const facts = error instanceof SweeplineError ? error.toFacts() : { code: "COMMIT_REFUSED" as const, message };
    return { kind: "refused", error: facts };
  }
}

export class ActiveRun {
  private table: readonly ProcessIdentity[] = [];
  private stopReason: StopReason | undefined;
  /** Stages that wait for another experiment's run of them. */
  private readonly waiting = new Set<string>();
  /** The one that was started last. */
  private stage: string | undefined;
  private limit: Deadline | undefined;
  private pin: Pin | undefined;
  private early: EarlyStops | undefined;
  private readonly channel = new MessageChannel();
  /** Of a run whose stages make checkpoints. */
  private chain: CheckpointChain | undefined;
  /** Since it was started here. */
  private progress: "none" | "checkpoint" = "none";

  constructor(
    readonly entry: QueueEntry,
    readonly run: RunFolder,
    private readonly emit: EmitRunEvent,
  ) {}

  /** What it has registered so far; undefined: none of its stages made a checkpoint. */
  kept(): { readonly checkpoints?: CheckpointChain } {
    return this.chain === undefined ? {} : { checkpoints: this.chain };
  }

  /** Ends the stages; the first reason counts. */
  stop(reason: StopReason): void {
    this.stopReason ??= reason;
    this.channel.port1.postMessage({ type: "stop" } satisfies MainMessage);
  }

  /** Ends it with what it has, unless it is being ended for another reason. */
  private lookAt(steps: readonly StepValue[]): void {
    const keep = this.stopReason === undefined ? this.early?.look(this.entry.sequence, steps) : undefined;
    if (keep === undefined) return;
    this.stopReason = "hopeless";
    this.channel.port1.postMessage({ type: "stop", keep } satisfies MainMessage);
  }

  /** Ids of the process groups that run now. */
  groups(): readonly number[] {
    return this.table.map((group) => group.pid);
  }

  killGroups(): void {
    for (const group of this.groups()) killGroup(group);
  }

  /** In a worker thread; a worker that dies is an outside cause: its stages are ended. */
  async execute(tools: RunTools, settings: RunSettings): Promise<RunEnd> {
    const { port1, port2 } = this.channel;
    const { timeoutMs, timeoutAt = "once" } = settings;
    this.early = settings.early;
    port1.on("message", (message: WorkerMessage) => this.receive(message, tools.refs));
    this.limit = new Deadline(timeoutMs, timeoutAt, () => this.stop("timed-out"));
    try {
      return this.endOf(await this.inWorker(tools, settings, port2), timeoutMs);
    } finally {
      this.limit?.cancel();
      port1.close();
    }
  }

  private async inWorker(tools: RunTools, settings: RunSettings, port: MessagePort): Promise<RunEnd> {
    const { entry, run } = this;
    const slot = tools.slots.take();
    const log = watchLog(run.log, (cut) => whileStopped(this.groups(), cut));
    const processes = processesFile(tools.context.state, entry.sequence);
    try {
      return await tools.pool.run("runEntry", {
        entry,
        slot,
        projectRoot: tools.context.project.root,
        committer: tools.committer,
        log: run.log,
        environment: settings.environment,
        ...(settings.early === undefined ? {} : { stepMetric: settings.early.policy.goal.metric }),
        ...(settings.checkpointEvery === undefined ? {} : { checkpointEvery: settings.checkpointEvery }),
        processesFile: processes,
        pipelineFiles: await tools.pipelineFiles.of(entry),
        port,
      });
    } catch (error) {
      await endProcessGroups(this.table);
      dropLostLeases(tools.context.project.cacheDir, runnerId(entry));
      return { kind: "lost", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      // The copy names the data until another entry gets it, a ref names it once the run is settled.
      this.pin = await pinCache({ ...cachePlace(tools.context.project), runner: this.storing });
      tools.slots.give(slot);
      removeFile(processes);
      log.close();
    }
  }

  /** What came out of the run is named by a ref, or by nothing. */
  settled(): void {
    this.pin?.release();
  }

  private get storing(): StageRunner {
    return { id: runnerId(this.entry), label: `experiment '${this.entry.name}'` };
  }

  /** A run that was done before its stop reached it is done. */
  private endOf(outcome: RunEnd, timeoutMs: number | undefined): RunEnd {
    if (outcome.kind === "done") return outcome;
    if (this.stopReason === "killed") return { kind: "killed" };
    // With a checkpoint more than before it comes nearer to its end each time; without one it might start over for ever.
    if (this.stopReason === "interrupted" && outcome.kind === "cancelled" && this.progress === "none")
      return {
        kind: "interrupted",
        reason: "the time limit of its job came before its end, and it made no checkpoint",
      };
    if (this.stopReason !== "timed-out") return outcome;
    const stage = this.stage === undefined ? {} : { stage: this.stage };
    return { kind: "timed-out", limitMs: timeoutMs ?? 0, ...stage };
  }

  private openChain(refs: RefTransactions, tip?: ChainTip): CheckpointChain {
    const { baseline, name, record } = this.entry;
    return new CheckpointChain(refs, { baseline, name, taken: record.replace ? "replace" : "number" }, tip);
  }

  /** The worker's stage waits for the answer. */
  private async register(refs: RefTransactions, checkpoint: WrittenCheckpoint): Promise<void> {
    this.chain ??= this.openChain(refs);
    const answer = await registerIn(this.chain, checkpoint);
    this.channel.port1.postMessage({ type: "answer", answer } satisfies MainMessage);
    this.limit?.checkpointed();
    if (answer.kind === "registered") this.progress = "checkpoint";
    if (answer.kind === "registered")
      this.emit({ type: "checkpoint", name: this.entry.name, commit: checkpoint.commit, at: Date.now() });
  }

  private receive(message: WorkerMessage, refs: RefTransactions): void {
    if (message.type === "processes") this.table = message.table;
    else if (message.type === "metrics")
      this.emit({ type: "metrics", name: this.entry.name, metrics: message.metrics, at: Date.now() });
    else if (message.type === "steps") this.lookAt(message.steps);
    else if (message.type === "checkpoints") this.chain = this.openChain(refs, message.tip);
    else if (message.type === "checkpoint") void this.register(refs, message.checkpoint);
    else {
      const { type: _type, checkpoints, ...facts } = message;
      if (checkpoints !== undefined) this.limit?.stageBegins(checkpoints);
      if (facts.action === "running") this.stage = facts.stage;
      if (facts.action === "waiting") this.waiting.add(facts.stage);
      else this.waiting.delete(facts.stage);
      this.emit({ type: "stage", name: this.entry.name, ...facts, at: Date.now() });
    }
    this.countTime();
  }

  /** While all it does is wait for another experiment's stage, its time stands still. */
  private countTime(): void {
    if (this.waiting.size > 0 && this.table.length === 0) this.limit?.pause();
    else this.limit?.resume();
  }
}
