/** Reproduces one stage: decides whether it must run, restores it from the run-cache or runs it, and saves what came out. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isTracing, note, traced } from "../../base/trace.ts";
import { isDataLost } from "../../store/cache.ts";
import {
  alwaysRuns,
  changedDependencies,
  changedOutputs,
  commandChanged,
  type ItemChange,
  isCallback,
  isSeen,
  unseenWords,
} from "../check/changes.ts";
import { hazardText } from "../check/shell-check.ts";
import { shownStage, stageSubject } from "../check/work.ts";
import { saveRun } from "../lock/run-cache.ts";
import { filesOf } from "../locks/rwlock.ts";
import { isUrl } from "../paths.ts";
import { commandLines, runCommand } from "../processes/command.ts";
import type { CommandEnd, LockEntry, Stage } from "../types.ts";
import { refuseEdited } from "./edited-inputs.ts";
import { readInputs, type StageInputs } from "./entry.ts";
import type { ReproduceEvents } from "./events.ts";
import { commandFailed } from "./failure-words.ts";
import { finishedRun, isKept, turnOf } from "./finished-run.ts";
import type { ReproduceOptions } from "./options.ts";
import { checkoutStageOutputs, clearOutputs, copyUncachedOutputs, hasCheckpoints, saveOutputs } from "./outputs.ts";
import { pullDependencies, pullStage } from "./pull.ts";
import { reasonsToRun } from "./reasons.ts";
import type { StageRun } from "./stage-run.ts";
import { stageVariables } from "./variables.ts";

export type StageOutcome =
  | { readonly kind: "unchanged"; readonly entry: LockEntry | undefined }
  /** `saved` is what the lock file or the .dvc file is to say; undefined for a dry run. */
  | { readonly kind: "changed"; readonly saved: SavedStage | undefined }
  | { readonly kind: "cancelled" };

export interface SavedStage {
  readonly entry: LockEntry;
  /** Whether a run that finds nothing in the lock file would restore this one instead of running it again. */
  readonly isRestorable: boolean;
}

/** A command of the stage ended otherwise than with exit code 0: a failure of the stage, caught where stages are run. */
export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly end: CommandEnd,
  ) {
    super(commandFailed(command, end));
  }
}

/** With --allow-missing a deleted dependency counts only where the stage that makes it now makes something else. */
function isForgiven(run: StageRun, change: ItemChange): boolean {
  if (change.status !== "deleted" || !run.options.allowMissing) return false;
  const { work, stage } = run;
  const absolute = path.resolve(stage.workingFolder, change.path);
  const before = work.recorded(stage)?.deps.find((item) => item.path === change.path)?.md5;
  const makesSomethingElse = (producer: Stage) =>
    producer.outs.some((output) => {
      if (path.resolve(producer.workingFolder, output.path) !== absolute) return false;
      return work.recorded(producer)?.outs.find((item) => item.path === output.path)?.md5 !== before;
    });
  return !run.upstream.some(makesSomethingElse);
}

/** A stage without a record: whatever lies there, it is not what was recorded. */
function isNew({ work, stage, options }: StageRun): boolean {
  const hasLocalInput = stage.params.length > 0 || stage.deps.some((dep) => !isUrl(dep) || isSeen(work.project, dep));
  return stage.cmd !== null && hasLocalInput && !options.allowMissing && work.recorded(stage) === undefined;
}

async function dependenciesChanged(run: StageRun): Promise<boolean> {
  if (run.stage.frozen) return false;
  if (alwaysRuns(run.stage)) return true;
  if (isNew(run)) return true;
  const changes = await changedDependencies(run.work, run.stage);
  return changes.some((change) => !isForgiven(run, change));
}

async function outputsChanged(run: StageRun): Promise<boolean> {
  const isMissing = (change: ItemChange) => change.status === "deleted" || change.status === "not in cache";
  const changes = await changedOutputs(run.work, run.stage);
  return changes.some((change) => !(run.options.allowMissing && isMissing(change)));
}

async function isChanged(run: StageRun): Promise<boolean> {
  const { work, stage } = run;
  return commandChanged(stage, work.recorded(stage)) || (await dependenciesChanged(run)) || (await outputsChanged(run));
}

/** Whether nothing but data of it is missing: then pulling makes it whole. */
async function isOnlyMissing(run: StageRun): Promise<boolean> {
  return !(await isChanged({ ...run, options: { ...run.options, allowMissing: true } }));
}

function skip(run: StageRun): StageOutcome {
  const { work, stage, events } = run;
  const name = shownStage(work, stage);
  note("stages", () => `${name}: skipped, all is as its record says`);
  const unseen = unseenWords(work, stage);
  if (unseen !== undefined) events.warning(unseen);
  events.stage({ address: stage.address, action: "skipped", commands: [] });
  events.message(stage.cmd === null ? `'${name}' didn't change, skipping` : `Stage '${name}' didn't change, skipping`);
  return { kind: "unchanged", entry: work.recorded(stage) };
}

async function confirmed(run: StageRun): Promise<void> {
  if (!run.options.interactive) return;
  const question = `Going to reproduce ${stageSubject(run.work, run.stage)}. Are you sure you want to continue?`;
  if (await run.events.confirm?.(question)) return;
  throw new SweeplineError({ code: "NOT_CONFIRMED", message: "reproduction aborted by the user" });
}

/** Data sources and frozen stages are not run: their outputs have to be there. */
async function verify(run: StageRun): Promise<StageOutcome> {
  const { work, stage, events } = run;
  if (run.options.dry) return { kind: "changed", saved: undefined };
  await run.pin.hold();
  const isImport = stage.cmd === null && stage.deps.length > 0;
  if (isImport && !stage.frozen)
    throw new SweeplineError({
      code: "IMPORT_UNSUPPORTED",
      message: `${stageSubject(work, stage)} imports data from elsewhere, which a run does not`,
      hint: `Freeze it, or bring it up to date: sweepline update ${stage.file}`,
    });
  events.stage({ address: stage.address, action: "frozen", commands: [] });
  events.message(`Verifying ${stage.frozen ? "outputs in frozen " : "data sources in "}${stageSubject(work, stage)}`);
  const missing = stage.outs.filter(
    (output) => statSync(path.resolve(stage.workingFolder, output.path), { throwIfNoEntry: false }) === undefined,
  );
  if (missing.length > 0)
    throw new SweeplineError({
      code: "DATA_MISSING",
      message: `missing data 'source${missing.length > 1 ? "s" : ""}': ${missing.map((output) => output.path).join(", ")}`,
    });
  return { kind: "changed", saved: await saveStage(run, stage.cmd === null ? noInputs : undefined) };
}

const noInputs: StageInputs = { deps: [], params: new Map() };

/** What saving a stage needs of its run. */
export type SaveRun = Pick<StageRun, "work" | "stage" | "ignorer" | "wrote"> & {
  readonly options: Pick<ReproduceOptions, "commit">;
  readonly events: Pick<ReproduceEvents, "warning">;
};

/** Saves outputs and the run, and answers the entry that says what is there now; `inputs` where they are known already. */
export async function saveStage(run: SaveRun, inputs?: StageInputs): Promise<SavedStage> {
  const { work, stage, options, events } = run;
  // As DVC, after the run: a stage that runs Python leaves __pycache__ in a folder it depends on.
  const { deps, params } = inputs ?? (await readInputs(work, stage));
  const saved = await saveOutputs(work, stage, options.commit ? "commit" : "hash-only");
  for (const name of saved.empty) events.warning(`'${name}' is empty.`);
  for (const file of run.ignorer.ignore(stage)) run.wrote(file);
  const entry = { cmd: stage.cmd ?? [], deps, params, outs: saved.items };
  return { entry, isRestorable: (await keepRun(run, entry)) === "kept" };
}

async function keepRun(run: SaveRun, entry: LockEntry): Promise<"kept" | "not kept"> {
  const { work, stage } = run;
  if (!isKept(run, entry)) return "not kept";
  await copyUncachedOutputs(work, stage);
  saveRun(work.project.cacheDir, entry, work.cache.sharing);
  note("run-cache", () => `${shownStage(work, stage)}: the run is kept`);
  return "kept";
}

/** undefined: the cache does not hold the outputs as they were. What is broken was removed from it, and the stage has to run. */
async function restore(run: StageRun, entry: LockEntry): Promise<StageOutcome | undefined> {
  const { work, stage, events, options } = run;
  events.stage({ address: stage.address, action: "restored", commands: [] });
  events.message(`Stage '${shownStage(work, stage)}' is cached - skipping run, checking out outputs`);
  if (options.dry) return { kind: "changed", saved: undefined };
  try {
    await checkoutStageOutputs(work, stage, entry.outs);
  } catch (error) {
    if (!isDataLost(error)) throw error;
    events.warning(`stage '${shownStage(work, stage)}' can't be restored: ${error.message}`);
    return undefined;
  }
  return { kind: "changed", saved: await saveStage(run) };
}

/** As DVC says it. */
function hiddenText(names: readonly string[], stage: string): string {
  const are = names.length === 1 ? "is" : "are";
  return `${names.join(" and ")} ${are} already specified, will be overwritten for stages generated from '${stage.replace(/@.*/s, "")}'`;
}

async function runCommands(run: StageRun): Promise<"done" | "cancelled"> {
  const { work, stage, options, events } = run;
  const commands = commandLines(stage.cmd ?? []);
  const name = shownStage(work, stage);
  const checkpoints = hasCheckpoints(stage) ? "some" : "none";
  events.stage({ address: stage.address, action: "running", commands, checkpoints });
  events.message(`Running stage '${name}':`);
  if (stage.hiddenVars !== undefined) events.warning(hiddenText(stage.hiddenVars, stage.name));
  for (const hazard of stage.shellHazards ?? []) events.warning(hazardText(stage, hazard, name));
  for (const command of commands) {
    events.message(`> ${withoutCredentials(command)}`);
    if (options.dry) continue;
    const detail = () => withoutCredentials(command);
    const outcome = await traced({ topic: "stages", name: "command", detail }, () =>
      runCommand({
        command,
        workingFolder: stage.workingFolder,
        environment: {
          ...run.inherited,
          ...stageVariables(work, stage),
          ...options.environment,
          DVC_ROOT: options.dvcRoot,
          DVC_STAGE: name,
        },
        output: options.output,
        signal: run.signal,
        onStart: (started) => events.processStarted({ address: stage.address, ...started }),
        onEnd: (pid) => events.processEnded({ pid }),
      }),
    );
    if (outcome.kind === "cancelled") return "cancelled";
    if (!("exitCode" in outcome.end) || outcome.end.exitCode !== 0) throw new CommandFailed(command, outcome.end);
  }
  return "done";
}

/** What a dry run can know of the inputs: those that a stage before this one would make may be missing. */
async function inputsForDryRun(run: StageRun): Promise<StageInputs | undefined> {
  try {
    return await readInputs(run.work, run.stage);
  } catch (error) {
    const isExpected =
      error instanceof SweeplineError && error.code === "DEPENDENCY_MISSING" && run.upstream.length > 0;
    if (isExpected) return undefined;
    throw error;
  }
}

/** For what may take long and touches nothing but the stage's files: others may work in the workspace meanwhile. */
function withoutLock<T>({ options, stage }: StageRun, work: () => Promise<T>): Promise<T> {
  return options.lock === undefined ? work() : options.lock.without(filesOf(stage), work);
}

/** Looks twice: where there is a remote, a broken object that was removed is fetched from there. */
async function restoreFinished(run: StageRun, inputs: StageInputs | undefined): Promise<StageOutcome | undefined> {
  if (run.force || inputs === undefined || isCallback(run.stage)) return undefined;
  for (let look = 0; look < 2; look++) {
    const kept = await finishedRun(run, inputs);
    if (kept === undefined) return undefined;
    const restored = await restore(run, kept);
    if (restored !== undefined) return restored;
  }
  return undefined;
}

async function runOrRestore(run: StageRun): Promise<StageOutcome> {
  const { work, stage, options, force } = run;
  if (!options.dry) await run.pin.hold();
  // Before outputs are deleted: what is missing is told while everything is still there.
  if (run.puller !== undefined && !force && !options.dry) await pullDependencies(run, run.puller);
  const inputs = options.dry ? await inputsForDryRun(run) : await readInputs(work, stage);
  const kept = await restoreFinished(run, inputs);
  if (kept !== undefined) return kept;
  run.pin.release();
  const turn = await withoutLock(run, () => turnOf(run, inputs));
  if (turn.kind === "cancelled") return turn;
  if (turn.kind === "found") {
    await run.pin.hold();
    const restored = await restore(run, turn.found);
    if (restored !== undefined) return restored;
    run.pin.release();
    return runStage(run, inputs);
  }
  try {
    return await runStage(run, inputs);
  } finally {
    turn.release();
  }
}

/** Only a stage that makes checkpoints loads what they need. */
async function runAll(run: StageRun, inputs: StageInputs | undefined): Promise<"done" | "cancelled"> {
  const commands = (its: StageRun) => withoutLock(its, () => runCommands(its));
  const { keepCheckpoint: keep, options, stage } = run;
  if (keep === undefined || inputs === undefined || options.dry || !hasCheckpoints(stage)) return commands(run);
  const { withCheckpoints } = await import("./checkpoints.ts");
  return withCheckpoints(run, { inputs, keep }, commands);
}

async function runStage(run: StageRun, before: StageInputs | undefined): Promise<StageOutcome> {
  const { work, stage, options } = run;
  if (!options.dry) {
    await run.ignorer.check(stage);
    clearOutputs(work, stage, options.checkpoints?.start ?? "continue");
  }
  if ((await runAll(run, before)) === "cancelled") return { kind: "cancelled" };
  if (options.dry) return { kind: "changed", saved: undefined };
  await run.pin.hold();
  const after = await readInputs(work, stage);
  // Only the workspace is locked; in a copy nobody but the stage itself changes anything but what lies elsewhere.
  const isShared = options.lock !== undefined || stage.deps.some(isUrl);
  if (before !== undefined && isShared) refuseEdited(work, stage, { before, after });
  return { kind: "changed", saved: await saveStage(run, after).catch(explainMissing) };
}

async function tellReasons(run: StageRun): Promise<void> {
  const reasons = await reasonsToRun(run);
  note("stages", () => `${shownStage(run.work, run.stage)}: not up to date: ${reasons}`);
}

function explainMissing(error: unknown): never {
  if (!(error instanceof SweeplineError) || error.code !== "OUTPUT_MISSING") throw error;
  throw new SweeplineError({ ...error.toFacts(), hint: "The stage's command ended well but did not write it." });
}

/** As DVC 2: what `repro` runs is no experiment, so there is nowhere to keep them. */
function refuseCheckpoints({ work, stage, options, keepCheckpoint }: StageRun): void {
  if (!hasCheckpoints(stage) || stage.frozen || options.dry || keepCheckpoint !== undefined) return;
  throw new SweeplineError({
    code: "CHECKPOINTS_NEED_EXPERIMENT",
    message: `stage '${shownStage(work, stage)}' makes checkpoints, which belong to an experiment`,
    hint: "Run it with `sweepline exp run`.",
  });
}

/**
 * Reproduces the stage. Errors (all of them make the stage fail): CommandFailed, missing dependencies, parameters or outputs,
 * what the store refuses.
 */
export async function reproduceStage(run: StageRun): Promise<StageOutcome> {
  const { work, stage, events } = run;
  const isImport = stage.cmd === null && stage.deps.length > 0;
  if (stage.frozen && !isImport)
    events.warning(`${stageSubject(work, stage)} is frozen. Its dependencies are not going to be reproduced.`);
  run.options.lock?.refuseBusy(filesOf(stage));
  const goesOn = hasCheckpoints(stage) && !stage.frozen && run.keepCheckpoint !== undefined;
  if (!run.force && !goesOn && !(await isChanged(run))) return skip(run);
  refuseCheckpoints(run);
  if (isTracing()) await tellReasons(run);
  if (run.puller !== undefined && !run.force && (await isOnlyMissing(run))) {
    if ((await pullStage(run, run.puller)) === "whole") return { kind: "unchanged", entry: work.recorded(stage) };
  }
  await confirmed(run);
  return stage.frozen || stage.cmd === null ? verify(run) : runOrRestore(run);
}
