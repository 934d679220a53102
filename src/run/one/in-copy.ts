/** Runs one queue entry in a workspace copy, up to its commit. Works in a worker thread: no cwd, no environment, no refs. */
import path from "node:path";
import { isSystemError, SweeplineError } from "../../base/errors.ts";
import { closeSync, makeFolder, removeFile, writePrivateFile } from "../../base/files.ts";
import { appendTo, openAppend } from "../../base/open-files.ts";
import { type ProcessIdentity, processIds } from "../../base/processes.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { visibleText } from "../../base/text/visible.ts";
import { stackOf, withSourcePlaces } from "../../base/trace/stack.ts";
import { traced } from "../../base/trace.ts";
import type { Value } from "../../base/value.ts";
import { version } from "../../base/version.ts";
import { type CopySlot, copyStageEnvironment, workFolder } from "../../experiments/copy/git-dirs.ts";
import { prepareCopy } from "../../experiments/copy/prepare.ts";
import type { QuickResults } from "../../experiments/copy/quick-result.ts";
import { resultTree } from "../../experiments/copy/result.ts";
import { failureText, missingFiles, type RunFailure } from "../../experiments/failure.ts";
import { leftWords } from "../../experiments/left-files.ts";
import { type ExperimentFacts, factsHeader, type StoppedEarly } from "../../experiments/record.ts";
import type { FailureCause } from "../../experiments/runs/attempts.ts";
import { runnerId } from "../../experiments/runs/records.ts";
import { reportsFile, reportsVariable } from "../../experiments/runs/reports.ts";
import type { ObjectId } from "../../git/ids.ts";
import { stamp, writeCommit } from "../../git/objects.ts";
import { endLeftovers } from "../../pipeline/processes/leftovers.ts";
import { copySource, type PipelineFiles } from "../../pipeline/reading/disk-source.ts";
import { loadProjectStages, type ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { Readings } from "../../pipeline/reading/readings.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";
import { hasCheckpoints } from "../../pipeline/reproduce/outputs.ts";
import { reproduce } from "../../pipeline/reproduce/reproduce.ts";
import { restoreProject } from "../../pipeline/reproduce/restore-outputs.ts";
import type { ReproduceResult } from "../../pipeline/reproduce/result.ts";
import { filesToCommit } from "../../pipeline/reproduce/tracked-outputs.ts";
import { runOptionsFrom } from "../../pipeline/run-options.ts";
import { readConfigLevel } from "../../project/config.ts";
import { configFileText } from "../../project/config-edit.ts";
import { folderInGit } from "../../project/in-git.ts";
import type { Project } from "../../project/project.ts";
import type { StepValue } from "../stopping/rules.ts";
import type { CopyCheckpoints, CopyRun } from "./copy-checkpoints.ts";
import { stageEnvironment } from "./environment.ts";
import { causeOf } from "./failure-cause.ts";
import { tellMetrics } from "./live-metrics.ts";
import { changedParams, readPointFiles } from "./point-params.ts";
import { keepProcesses } from "./process-table.ts";
import { resultMessage } from "./result-message.ts";
import { StepWatch } from "./step-watch.ts";
import { workspaceMetrics } from "./workspace-metrics.ts";

/** What a worker's thread keeps from one experiment to the next. */
export interface KeptByThread {
  readonly readings: Readings;
  /** Folders of the copies that it has used. */
  readonly usedCopies: Set<string>;
  /** How Git stores files here. */
  readonly results: QuickResults;
}

export interface ExecuteRequest extends CopyRun {
  /** The user's project: cache, configuration, and DVC_ROOT. */
  readonly project: Project;
  readonly log: string;
  /** Added to the environment of the stages: the devices that this run has. */
  readonly environment: Readonly<Record<string, string>>;
  /** Steps of DVCLive from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  /** Where the table of running process groups is kept. */
  readonly processesFile: string;
  /** The pipeline files of the copy; "walk" where only the disk knows. */
  readonly pipelineFiles: PipelineFiles;
  readonly kept: KeptByThread;
  readonly signal: AbortSignal;
  stage(event: Omit<Parameters<ReproduceEvents["stage"]>[0], "commands">): void;
  processes(table: readonly ProcessIdentity[]): void;
  /** What its stages have written so far. */
  metrics(metrics: ReadonlyMap<string, Value>): void;
  /** The metric whose steps are told. */
  readonly stepMetric?: string;
  steps(steps: readonly StepValue[]): void;
  /** Why it was ended, where what it has so far is its result. */
  stoppedEarly(): StoppedEarly | undefined;
}

export type EntryOutcome =
  | {
      readonly kind: "done";
      readonly commit: ObjectId;
      readonly tree: ObjectId;
      readonly metrics: ReadonlyMap<string, Value>;
      /** Files that the stages left and that are not in the result: nobody tracks or ignores them. */
      readonly left: readonly string[];
      /** Why the result is not what it seems. */
      readonly warning?: string;
      readonly stopped?: StoppedEarly;
    }
  | {
      readonly kind: "failed";
      readonly cause: FailureCause;
      /** Its words are the last line of the log. */
      readonly failure: RunFailure;
      /** Files that were not there, relative to the copy's top folder. */
      readonly missing: readonly string[];
    }
  | { readonly kind: "cancelled" };

/** The project as it lies in the copy: its own files, the user's cache. */
function projectInCopy(project: Project, slot: CopySlot): Project {
  const inside = folderInGit(project);
  const root = path.join(workFolder(slot), inside);
  const dvcDir = path.join(root, ".dvc");
  return { ...project, root, gitRoot: workFolder(slot), dvcDir, tmpDir: path.join(dvcDir, "tmp") };
}

/** For stages that call DVC or sweepline themselves: the user's local settings, and the cache that the copy shares. */
function writeLocalConfig(user: Project, copy: Project): void {
  const values = new Map(readConfigLevel("local", user.dvcDir, process.env)).set("cache.dir", user.cacheDir);
  makeFolder(copy.dvcDir);
  writePrivateFile(path.join(copy.dvcDir, "config.local"), configFileText(values), 0o600);
}

/** Never rejects for a failing stage; what it does reject with is a failure of ours or of the machine. */
export function executeEntry(request: ExecuteRequest): Promise<EntryOutcome> {
  const { entry, slot } = request;
  const place = `${entry.name} in ${slot.folder}`;
  const detail = (outcome: EntryOutcome | undefined) => (outcome === undefined ? place : `${place}: ${outcome.kind}`);
  return traced<Promise<EntryOutcome>>({ topic: "run", name: "in copy", detail }, () => execute(request));
}

async function execute(request: ExecuteRequest): Promise<EntryOutcome> {
  const log = openAppend(request.log);
  try {
    await endStrangers(request);
    await traced({ topic: "run", name: "prepare copy" }, () => prepareCopy(request.slot, request.entry));
    const project = projectInCopy(request.project, request.slot);
    writeLocalConfig(request.project, project);
    if (request.signal.aborted) return { kind: "cancelled" };
    const { stages, checkpoints } = await openCopy(request, project, log);
    await restoreProject(stages, (output, problem) =>
      appendTo(log, `WARNING: '${visibleText(output)}' is not restored: ${visibleText(problem)}\n`),
    );
    const { overrides, folder } = request.entry.record;
    const paramsFolder = path.join(project.root, folder);
    const pointFiles = readPointFiles(paramsFolder, overrides);
    await checkpoints?.checkOutputs(stages);
    const steps = stepsOf(request);
    const copy = { stages, checkpoints, log, steps };
    const result = await reproduceAlone(request, copy);
    if (result.kind === "cancelled") return cancelled(request, copy);
    if (result.kind === "failed") {
      const { failures } = result;
      return failed(request, log, { cause: causeOf(failures), failure: { kind: "stages", failures } });
    }
    const warning = await changedParams(paramsFolder, overrides, pointFiles);
    const done = await traced({ topic: "run", name: "commit" }, () => commitResult(request, copy, result));
    if (done.left.length > 0) appendTo(log, `WARNING: ${visibleText(leftWords(done.left))}\n`);
    if (warning === undefined) return done;
    appendTo(log, `WARNING: ${visibleText(warning)}\n`);
    return { ...done, warning };
  } catch (error) {
    if (error instanceof SweeplineError)
      return failed(request, log, { cause: "code", failure: { kind: "refused", error: error.toFacts() } });
    // The machine's failure, or that of a run that is being stopped: another try may do.
    if (!(error instanceof Error) || isSystemError(error) || request.signal.aborted) throw error;
    return failed(request, log, { cause: "code", failure: bugOf(error) });
  } finally {
    closeSync(log);
  }
}

interface OpenCopy {
  readonly stages: ProjectStages;
  /** Where a stage makes some. */
  readonly checkpoints: CopyCheckpoints | undefined;
}

interface RunningCopy extends OpenCopy {
  readonly log: number;
  readonly steps: StepWatch | undefined;
  /** Of a run that is kept as far as it came. */
  readonly stopped?: StoppedEarly;
}

function stepsOf({ stepMetric, log, steps }: ExecuteRequest): StepWatch | undefined {
  if (stepMetric === undefined) return undefined;
  const reports = reportsFile(log);
  removeFile(reports);
  return new StepWatch({ metric: stepMetric, reports, tell: steps });
}

/** A run that was ended as hopeless is kept as it is: its stage is not done, and its lock file does not say so. */
async function cancelled(request: ExecuteRequest, copy: RunningCopy): Promise<EntryOutcome> {
  const stopped = request.stoppedEarly();
  if (stopped === undefined) return { kind: "cancelled" };
  appendTo(copy.log, `Stopped early by ${stopped.rule} after step ${stopped.step}.\n`);
  const nothing = { entries: new Map(), changedStages: [], writtenFiles: [] };
  const steps = copy.stages.stages.map(({ address }) => address);
  const done = await commitResult(request, { ...copy, stopped }, { kind: "done", changed: 0, ...nothing, steps });
  return { ...done, stopped };
}

function stagesOfCopy(request: ExecuteRequest, project: Project): Promise<ProjectStages> {
  const source = copySource(project, request.pipelineFiles);
  return loadProjectStages(project, { source, readings: request.kept.readings });
}

/** What the copy is to run; where an earlier run of it was lost after a checkpoint, with the files of that. */
async function openCopy(request: ExecuteRequest, project: Project, log: number): Promise<OpenCopy> {
  const stages = await stagesOfCopy(request, project);
  if (!stages.stages.some(hasCheckpoints)) return { stages, checkpoints: undefined };
  const { CopyCheckpoints } = await import("./copy-checkpoints.ts");
  const checkpoints = await CopyCheckpoints.open(request);
  if (!(await checkpoints.layTip(log))) return { stages, checkpoints };
  writeLocalConfig(request.project, project);
  return { stages: await stagesOfCopy(request, project), checkpoints };
}

/** No other try would help: the others go on, and the log has what a report needs. */
function bugOf(error: Error): RunFailure {
  const stack = withoutCredentials(withSourcePlaces(stackOf(error)));
  return {
    kind: "bug",
    message: error.message,
    stack: `${stack}\nsweepline ${version}, Node ${process.versions.node}`,
  };
}

type Failed = Extract<EntryOutcome, { kind: "failed" }>;

function failed({ slot }: ExecuteRequest, log: number, facts: Pick<Failed, "cause" | "failure">): Failed {
  if (facts.failure.kind === "bug") appendTo(log, `${visibleText(facts.failure.stack)}\n`);
  appendTo(log, `ERROR: ${visibleText(failureText(facts.failure))}\n`);
  const missing = missingFiles(facts.failure).map((file) => path.relative(workFolder(slot), file));
  return { kind: "failed", ...facts, missing };
}

/** What a run that died left in the copy must not write beside ours. */
async function endStrangers({ slot: { folder }, kept: { usedCopies } }: ExecuteRequest): Promise<void> {
  if (usedCopies.has(folder)) return;
  usedCopies.add(folder);
  await endLeftovers(folder);
}

/** In so long a time the kernel may give a number to another process. */
const longRunMs = 60_000;

/** Reproduces, and ends what the stages left running, since the copy is the next experiment's. */
async function reproduceAlone(request: ExecuteRequest, copy: RunningCopy): Promise<ReproduceResult> {
  const { log, steps } = copy;
  const before = new Set(processIds());
  const startedAt = Date.now();
  const live = { tell: (metrics: ReadonlyMap<string, Value>) => request.metrics(metrics) };
  const endTelling = tellMetrics(copy.stages, steps === undefined ? live : { ...live, steps });
  const result = await reproduceEntry(request, copy).finally(endTelling);
  steps?.look(await workspaceMetrics(copy.stages));
  const left = await endLeftovers(request.slot.folder, Date.now() - startedAt < longRunMs ? before : undefined);
  if (left > 0)
    appendTo(log, `WARNING: ended what the stages left running (${left === 1 ? "a process" : `${left} processes`})\n`);
  return result;
}

function reproduceEntry(
  request: ExecuteRequest,
  { stages, checkpoints, log, steps }: RunningCopy,
): Promise<ReproduceResult> {
  const { record, name, baseline } = request.entry;
  const { project } = stages;
  return reproduce(
    project,
    {
      ...runOptionsFrom(record.flags),
      // A run that is restored leaves nothing beside its outputs.
      ...(record.flags.keepUntracked ? { useRunCache: false } : {}),
      folder: path.join(project.root, record.folder),
      targets: record.targets,
      environment: {
        ...copyStageEnvironment(request.slot),
        ...stageEnvironment({ ...record, name, baseline }),
        ...(steps === undefined ? {} : { [reportsVariable]: reportsFile(request.log) }),
        ...request.environment,
      },
      dvcRoot: request.project.root,
      output: { kind: "file", descriptor: log },
      signal: request.signal,
      stages,
      runner: { id: runnerId(request.entry), label: `experiment '${name}'` },
      ...(checkpoints === undefined
        ? {}
        : { checkpoints: { ...checkpoints.keeper(stages), every: request.checkpointEvery } }),
    },
    eventsToLog(request, log),
  );
}

function eventsToLog(request: ExecuteRequest, log: number): ReproduceEvents {
  return {
    ...keepProcesses(request.processesFile, (table) => request.processes(table)),
    stage: ({ commands: _commands, ...event }) => request.stage(event),
    message: (text) => appendTo(log, `${visibleText(text)}\n`),
    warning: (text) => appendTo(log, `WARNING: ${visibleText(text)}\n`),
  };
}

function lookedAt({ steps, stopped }: RunningCopy): Pick<ExperimentFacts, "curve" | "stopped"> {
  return { ...(steps === undefined ? {} : { curve: steps.curve }), ...(stopped === undefined ? {} : { stopped }) };
}

async function commitResult(
  request: ExecuteRequest,
  copy: RunningCopy,
  result: Extract<ReproduceResult, { kind: "done" }>,
): Promise<Extract<EntryOutcome, { kind: "done" }>> {
  const { entry, slot } = request;
  const { stages, checkpoints } = copy;
  // What came since the last checkpoint is one more of them.
  if (checkpoints !== undefined) {
    const written = await checkpoints.write(stages, result, lookedAt(copy));
    return { kind: "done", ...written, metrics: await workspaceMetrics(stages) };
  }
  const inside = folderInGit(stages.project);
  const include = filesToCommit(stages, result).map((file) => path.posix.join(inside, file));
  const untracked = entry.record.flags.keepUntracked === true ? "keep" : "leave";
  const { tree, left } = await resultTree(slot, entry, { include, untracked, quick: request.kept.results });
  const metrics = await workspaceMetrics(stages);
  const commit = writeCommit(slot.repository, {
    tree,
    parents: [entry.baseline],
    author: stamp(request.committer, new Date()),
    extraHeaders: factsHeader({ ...entry.record, ...lookedAt(copy) }),
    message: resultMessage(result, entry.record.message),
  });
  return { kind: "done", commit, tree, metrics, left };
}
