/** Reproduces a pipeline: each stage in dependency order, skipped where nothing changed. */
import path from "node:path";
import { isSystemError, SweeplineError } from "../../base/errors.ts";
import { overlap } from "../../base/paths.ts";
import { quotedList } from "../../base/text/listing.ts";
import { traced } from "../../base/trace.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import { missingInputs } from "../check/missing-inputs.ts";
import { hazardText, refuseHazards } from "../check/shell-check.ts";
import { shownStage, type Work } from "../check/work.ts";
import type { Plan } from "../graph/plan.ts";
import { createSchedule, type Schedule } from "../graph/schedule.ts";
import { cachePlace } from "../locks/pins.ts";
import { CommandNotStarted } from "../processes/command.ts";
import { saveDataStage } from "../reading/data-stage.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import type { LockEntry, Stage, StageAddress, StageFailure, StageFault } from "../types.ts";
import type { ReproduceEvents } from "./events.ts";
import { stageFailureText } from "./failure-words.ts";
import { outputIgnorer } from "./ignore-outputs.ts";
import { type LockBook, openLockBook } from "./lock-book.ts";
import type { ReproduceOptions } from "./options.ts";
import { planOfRun, stagesOf } from "./plan.ts";
import type { ReproduceFacts, ReproduceResult } from "./result.ts";
import { CommandFailed, reproduceStage, type SavedStage, type StageOutcome } from "./stage.ts";
import type { KeepCheckpoint, Puller, StageTools } from "./stage-run.ts";
import { noStepPin, StorePins } from "./store-pins.ts";

/** What changes while the steps run. */
interface Progress {
  readonly forced: Set<StageAddress>;
  readonly entries: Map<StageAddress, LockEntry>;
  readonly changed: Set<StageAddress>;
  readonly failures: StageFailure[];
  readonly writtenFiles: Set<string>;
  /** After a stage that changed comes an empty line, before the next one's messages. */
  blankLine: "due" | "none";
  state: "running" | "stopping" | "cancelled";
}

interface Run extends StageTools {
  readonly plan: Plan;
  readonly stages: ReadonlyMap<StageAddress, Stage>;
  readonly locks: LockBook;
  readonly pins: StorePins;
  readonly schedule: Schedule;
  /** Failures that are known before anything runs. */
  readonly foreseen: readonly StageFailure[];
  readonly progress: Progress;
  /** Aborted by the caller's signal, or where an unexpected error ends the run. */
  readonly abort: AbortController;
}

function hazardLines(place: Pick<Work, "project" | "folder">, steps: readonly Stage[]): string[] {
  return steps.flatMap((stage) =>
    (stage.shellHazards ?? []).map((hazard) => hazardText(stage, hazard, shownStage(place, stage))),
  );
}

function producersOf(stages: ProjectStages, file: string): readonly Stage[] {
  return stages.stages.filter((stage) =>
    stage.outs.some((output) => overlap(path.resolve(stage.workingFolder, output.path), file)),
  );
}

/** Remotes are loaded only where something may be pulled. */
async function pullerOf({ project, cache }: Work, events: ReproduceEvents): Promise<Puller> {
  const { openPuller } = await import("./open-puller.ts");
  return openPuller(project, cache, (text) => events.warning(text));
}

async function openRun(project: Project, options: ReproduceOptions, events: ReproduceEvents): Promise<Run> {
  const folder = options.folder ?? project.root;
  const stages = options.stages ?? (await loadProjectStages(project));
  const plan = planOfRun(stages, options, folder);
  const steps = stagesOf(stages, plan.steps);
  checkBoundaries(project.root, steps);
  if (options.strict) refuseHazards(hazardLines({ project, folder }, steps));
  const upstream = steps.flatMap((step) => stagesOf(stages, stages.graph.needs.get(step.address) ?? []));
  const locks = await openLockBook(project.root, [...steps, ...upstream], steps);
  const work: Work = {
    project,
    folder,
    cache: openCache(project, options.state === undefined ? {} : { state: options.state }),
    readParams: stages.params.read,
    recorded: (stage) => (stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage)),
  };
  const abort = new AbortController();
  const runner = options.runner ?? { id: "stages", label: "a run of stages" };
  return {
    work,
    options,
    events,
    plan,
    pins: new StorePins({ ...cachePlace(project), runner, signal: abort.signal }, locks),
    stages: stages.graph.stages,
    puller: options.pull ? await pullerOf(work, events) : undefined,
    producersOf: (file) => producersOf(stages, file),
    locks,
    schedule: createSchedule(plan),
    ignorer: outputIgnorer(project),
    // Copied once: each copy asks Node for every variable.
    inherited: { ...process.env },
    foreseen:
      options.onError === "stop" && !options.allowMissing && !options.dry
        ? missingInputs(stages, steps, { project, folder, kinds: "all" })
        : [],
    progress: {
      forced: new Set(options.force ? plan.steps : []),
      entries: new Map(),
      changed: new Set(),
      failures: [],
      writtenFiles: new Set(),
      blankLine: "none",
      state: "running",
    },
    abort,
  };
}

async function keepEntry(run: Run, stage: Stage, { entry, isRestorable }: SavedStage): Promise<void> {
  if (stage.cmd === null) {
    if (saveDataStage(run.work.project.root, stage, entry) === "updated") run.progress.writtenFiles.add(stage.file);
    return;
  }
  const urgency = isRestorable && run.options.useRunCache ? "soon" : "at-once";
  const { file, change } = await run.locks.write(stage, entry, urgency);
  if (change === "unchanged") return;
  const shown = path.relative(run.work.folder, path.join(run.work.project.root, file));
  if (change === "created") run.events.message(`Generating lock file '${shown}'`);
  run.events.message(`Updating lock file '${shown}'`);
  run.progress.writtenFiles.add(file);
}

async function settleStage(run: Run, stage: Stage, outcome: StageOutcome): Promise<void> {
  const { progress } = run;
  if (outcome.kind === "cancelled") {
    progress.state = "cancelled";
    return;
  }
  const entry = outcome.kind === "changed" ? outcome.saved?.entry : outcome.entry;
  if (outcome.kind === "changed") {
    if (outcome.saved !== undefined) await keepEntry(run, stage, outcome.saved);
    progress.changed.add(stage.address);
  }
  if (entry !== undefined && stage.cmd !== null) progress.entries.set(stage.address, entry);
  progress.blankLine = outcome.kind === "changed" ? "due" : "none";
  const forcesNext = outcome.kind === "changed" || progress.forced.has(stage.address);
  if (run.options.forceDownstream && forcesNext)
    for (const next of run.plan.feeds.get(stage.address) ?? []) progress.forced.add(next);
  run.schedule.finish(stage.address);
}

function failureOf(run: Run, stage: Stage, error: unknown): StageFailure | undefined {
  const fault = faultOf(error);
  return fault === undefined ? undefined : { address: stage.address, name: shownStage(run.work, stage), ...fault };
}

/** undefined: a bug of ours, which is no failure of the stage. */
function faultOf(error: unknown): StageFault | undefined {
  if (error instanceof CommandFailed) return { kind: "command", command: error.command, end: error.end };
  if (error instanceof SweeplineError) {
    const { code, message, missing } = error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    if (missing.length > 0) return { kind: "missing-inputs", code, message, files: missing, problems: [], ...hint };
    const command = error instanceof CommandNotStarted ? { command: error.command } : {};
    return { kind: "refused", code, message, ...command, ...hint };
  }
  // The disk is full, a file can't be read: the stage has failed, the pipeline is sound.
  if (isSystemError(error)) return { kind: "system", errno: error.code ?? "", message: error.message };
  return undefined;
}

function fail(run: Run, stage: Stage, failure: StageFailure): void {
  const { events, options, progress, schedule } = run;
  progress.failures.push(failure);
  if (options.onError === "stop") {
    progress.state = "stopping";
    return;
  }
  events.warning(`${stageFailureText(failure)}${options.onError === "ignore" ? " (ignored)" : ""}`);
  if (options.onError === "ignore") {
    schedule.finish(stage.address);
    return;
  }
  const skipped = schedule.skipDependents(stage.address);
  const names = quotedList(
    skipped.flatMap((address) => run.stages.get(address) ?? []).map((each) => shownStage(run.work, each)),
  );
  if (skipped.length > 0)
    events.warning(`Stage${skipped.length > 1 ? "s" : ""} ${names} will be skipped due to this failure`);
}

async function step(run: Run, stage: Stage): Promise<void> {
  const { progress, options, events } = run;
  if (progress.blankLine === "due") events.message("");
  progress.blankLine = "none";
  const pin = options.dry ? noStepPin : run.pins.ofStep();
  try {
    const lane = options.jobs > 1 ? ({ lane: "own" } as const) : {};
    const detail = (result: StageOutcome | undefined) =>
      [stage.address, ...(result === undefined ? [] : [result.kind])].join(": ");
    const outcome = await traced({ topic: "stages", name: "stage", detail, ...lane }, () =>
      reproduceStage({
        ...run,
        stage,
        force: progress.forced.has(stage.address),
        signal: run.abort.signal,
        pin,
        upstream: (run.plan.needs.get(stage.address) ?? []).flatMap((address) => run.stages.get(address) ?? []),
        keepCheckpoint: checkpointKeeper(run),
        wrote: (file) => progress.writtenFiles.add(path.relative(run.work.project.root, file)),
      }),
    );
    await settleStage(run, stage, outcome);
  } catch (error) {
    const failure = failureOf(run, stage, error);
    if (failure === undefined) throw error;
    fail(run, stage, failure);
  } finally {
    pin.release();
  }
}

/** DVC 2's words. */
export function checkpointText(commit: string): string {
  return `Checkpoint experiment iteration '${commit.slice(0, 7)}'.`;
}

/** A checkpoint is what the stage would leave if it ended now: entry, changed files and all. */
function checkpointKeeper(run: Run): KeepCheckpoint | undefined {
  const { progress, events } = run;
  const { checkpoints } = run.options;
  if (checkpoints === undefined) return undefined;
  return async (stage, entry) => {
    await keepEntry(run, stage, { entry, isRestorable: false });
    await run.locks.close();
    progress.entries.set(stage.address, entry);
    progress.changed.add(stage.address);
    const commit = await checkpoints.register(factsOf(run));
    events.message(checkpointText(commit));
  };
}

function mayStart(run: Run, running: number): boolean {
  return run.progress.state === "running" && !run.abort.signal.aborted && running < Math.max(1, run.options.jobs);
}

/** Starts steps as they become free. Ends when nothing runs and nothing may start: what runs is always waited for. */
async function runSteps(run: Run): Promise<void> {
  const { lock } = run.options;
  lock?.onYield(run.locks.close);
  const running = new Set<Promise<void>>();
  let bug: { readonly error: unknown } | undefined;
  const start = (stage: Stage) => {
    const done: Promise<void> = (lock === undefined ? step(run, stage) : lock.step(() => step(run, stage)))
      .catch((error: unknown) => {
        bug ??= { error };
        run.abort.abort();
      })
      .finally(() => running.delete(done));
    running.add(done);
  };
  for (;;) {
    while (mayStart(run, running.size)) {
      const next = run.schedule.take();
      const stage = next === undefined ? undefined : run.stages.get(next);
      if (stage === undefined) break;
      start(stage);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (bug !== undefined) throw bug.error;
}

function factsOf({ progress, plan }: Run): ReproduceFacts {
  return {
    entries: new Map(
      plan.steps.flatMap((address) => {
        const entry = progress.entries.get(address);
        return entry === undefined ? [] : [[address, entry] as const];
      }),
    ),
    steps: plan.steps,
    changedStages: plan.steps.filter((address) => progress.changed.has(address)),
    writtenFiles: [...progress.writtenFiles].sort(),
  };
}

function resultOf(run: Run): ReproduceResult {
  const { progress, options } = run;
  if (progress.state === "cancelled" || run.abort.signal.aborted) return { kind: "cancelled" };
  const facts = factsOf(run);
  if (progress.failures.length > 0 && options.onError !== "ignore")
    return { kind: "failed", failures: progress.failures, ...facts };
  return { kind: "done", changed: progress.changed.size, ...facts };
}

/**
 * Reproduces the stages that the targets name. Everything is relative to the project's root and `options.folder`: the process's
 * own folder and environment are not changed, so it may run in a worker thread.
 *
 * A stage that fails is a result, and so is a dependency that nobody makes: then no stage runs. Errors that keep the run from starting are thrown: a broken dvc.yaml or lock file, unknown
 * targets, cycles, outputs outside the project. An aborted signal ends the processes of running stages and answers "cancelled".
 */
export async function reproduce(
  project: Project,
  options: ReproduceOptions,
  events: ReproduceEvents,
): Promise<ReproduceResult> {
  const run = await openRun(project, options, events);
  if (run.foreseen.length > 0) {
    run.progress.failures.push(...run.foreseen);
    return resultOf(run);
  }
  const forward = () => run.abort.abort();
  if (options.signal.aborted) forward();
  options.signal.addEventListener("abort", forward, { once: true });
  try {
    if (options.useRunCache) await run.puller?.runs();
    await runSteps(run);
    if (options.jobs > 1) run.ignorer.arrange(run.plan.steps.flatMap((step) => run.stages.get(step) ?? []));
  } finally {
    options.signal.removeEventListener("abort", forward);
    await run.locks.close();
  }
  return resultOf(run);
}
