/** An experiment run in the user's own workspace: HEAD stays where it is, the results stay in the files. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import { closeSync, removeFile } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { openAppend } from "../../base/open-files.ts";
import type { ProjectConfigs } from "../../config/project-config.ts";
import { refuseBranchName } from "../../experiments/branch-names.ts";
import { failureFacts, failureText, type RunFailure } from "../../experiments/failure.ts";
import { commitWorkspace } from "../../experiments/make/commit-workspace.ts";
import { overrideText } from "../../experiments/make/import-entries.ts";
import { knownNames } from "../../experiments/make/known.ts";
import { chooseName } from "../../experiments/make/naming.ts";
import type { IdentityScope } from "../../experiments/point/identity.ts";
import { applyPoint } from "../../experiments/point/param-edits.ts";
import { pointIdentifier } from "../../experiments/point/point-identity.ts";
import { PointInputs } from "../../experiments/point/point-inputs.ts";
import { identityScope } from "../../experiments/point/scope.ts";
import { reserveSequence } from "../../experiments/queue/sequence.ts";
import type { ExperimentFacts } from "../../experiments/record.ts";
import { recoverWorkspace } from "../../experiments/recovery/recovery.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { type RunRecord, startRun, writeRunRecord } from "../../experiments/runs/records.ts";
import { endWorkspaceRun, tellWorkspaceRun } from "../../experiments/runs/workspace-run.ts";
import { addableFiles } from "../../git/addable.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity } from "../../git/objects.ts";
import { headCommit } from "../../git/repository.ts";
import { snapshotWorkTree } from "../../git/snapshot.ts";
import { WorkspaceLock } from "../../pipeline/locks/workspace-lock.ts";
import { loadProjectStages, type ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { Readings } from "../../pipeline/reading/readings.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";
import { hasCheckpoints } from "../../pipeline/reproduce/outputs.ts";
import { stepsOfRun } from "../../pipeline/reproduce/plan.ts";
import { preflight } from "../../pipeline/reproduce/preflight.ts";
import { checkpointText, reproduce } from "../../pipeline/reproduce/reproduce.ts";
import { restoreAbsent } from "../../pipeline/reproduce/restore-outputs.ts";
import type { ReproduceResult } from "../../pipeline/reproduce/result.ts";
import { filesToCommit } from "../../pipeline/reproduce/tracked-outputs.ts";
import { type KeptOptions, runOptionsFrom } from "../../pipeline/run-options.ts";
import { folderInGit } from "../../project/in-git.ts";
import { openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import type { FileState } from "../../store/state.ts";
import type { Point } from "../../sweep/types.ts";
import { stageEnvironment } from "./environment.ts";
import { watchLog } from "./log-limit.ts";
import { keepProcesses } from "./process-table.ts";
import { resultMessage } from "./result-message.ts";
import type { WorkspaceCheckpoints } from "./workspace-checkpoints.ts";

export interface WorkspaceRunRequest {
  readonly point: Point;
  /** Relative to the project's root. */
  readonly folder: string;
  /** Where params.yaml is composed: its configs. */
  readonly configs: ProjectConfigs | undefined;
  readonly name: string | undefined;
  readonly message: string | undefined;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  /** For stages that make them: go on from the last one, or (--reset) start over. */
  readonly checkpoints: "continue" | "reset";
  /** Steps of DVCLive from one checkpoint to the next. */
  readonly checkpointEvery: number | undefined;
  /** Which of them stay when it is done. */
  readonly keepCheckpoints: string;
  /** A name that is taken: refuse, or (--force) replace what has it. */
  readonly taken: "refuse" | "replace";
  readonly interactive: boolean;
  /** Told the name before anything runs. */
  named(name: string): void;
  /** Told when its parameters lie in the workspace. */
  begins?(run: { readonly name: string; readonly baseline: ObjectId }): void;
  /** Told of each checkpoint that is safe, while its stage stands still. */
  checkpointed?(): void;
  /** Added to that of the stages. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly events: ReproduceEvents;
  readonly signal: AbortSignal;
  /** What others are told while it runs: `sweepline exp run`. */
  readonly command: string;
}

export type WorkspaceRunOutcome =
  | { readonly kind: "done"; readonly name: string; readonly commit: ObjectId }
  | ({ readonly kind: "failed"; readonly name: string; readonly failure: RunFailure } & KeptCheckpoint)
  | ({ readonly kind: "cancelled"; readonly name: string } & KeptCheckpoint);

/** What is left of a run that did not come to its end. */
export interface KeptCheckpoint {
  /** The last checkpoint; undefined: nothing was committed. */
  readonly kept: ObjectId | undefined;
}

/** Runs one point in the workspace. One such run at a time; a second one waits, then refuses with the owner's pid. */
export function runInWorkspace(
  context: ExperimentsContext,
  request: WorkspaceRunRequest,
): Promise<WorkspaceRunOutcome> {
  const lock = { file: context.state.workspaceLock, what: "an experiment in the workspace", waitMs: 2_000 };
  return withLock(lock, () => runInLockedWorkspace(context, request));
}

/** DVC's lock too: no `repro`, no `checkout` and no DVC gets between the stages. */
async function runInLockedWorkspace(
  context: ExperimentsContext,
  request: WorkspaceRunRequest,
): Promise<WorkspaceRunOutcome> {
  const { command, signal } = request;
  const lock = await WorkspaceLock.acquire(context.project, { command, signal });
  try {
    // The experiment is committed with all that lies in the workspace: nobody else may be writing there.
    lock.refuseBusy("anything");
    return await runLocked(context, request, lock);
  } finally {
    lock.release();
  }
}

interface Prepared {
  /** Where a stage makes checkpoints. */
  readonly checkpoints: WorkspaceCheckpoints | undefined;
  readonly baseline: ObjectId;
  readonly name: string;
  readonly author: string;
  /** Of this run, in its checkpoints. */
  readonly mark: string;
  readonly facts: ExperimentFacts;
}

async function runLocked(
  context: ExperimentsContext,
  request: WorkspaceRunRequest,
  lock: WorkspaceLock,
): Promise<WorkspaceRunOutcome> {
  await recoverWorkspace(context);
  // Read under the lock: what a check before it has read, others may have changed meanwhile.
  const { point, folder, configs } = request;
  const inputs = new PointInputs(context, { folder, points: [point], configs });
  const { readings } = inputs;
  const prepared = await prepare(context, request, inputs);
  request.named(prepared.name);
  await prepared.checkpoints?.bringOutputs();
  applyPoint(await inputs.paramFiles(), point);
  request.begins?.(prepared);
  const run = startRun(context.state, {
    sequence: await reserveSequence(context),
    name: prepared.name,
    place: "workspace",
  });
  const { checkpoints } = prepared;
  tellWorkspaceRun(context.state, {
    name: prepared.name,
    baseline: prepared.baseline,
    ...(checkpoints === undefined ? {} : { mark: prepared.mark, ...checkpoints.from() }),
  });
  const startedAt = Date.now();
  const log = openAppend(run.log);
  const logWatch = watchLog(run.log);
  const fileState = projectState(context.project);
  try {
    const result = await reproduceHere(context, { request, prepared, log, fileState, lock, readings });
    const outcome = await settleWorkspaceRun(context, { request, prepared, result, readings });
    const state = outcome.kind === "done" ? "success" : outcome.kind;
    const elapsedMs = Date.now() - startedAt;
    writeRunRecord(run, { name: prepared.name, startedAt, elapsedMs, state, ...recordedFacts(outcome) });
    return outcome;
  } finally {
    endWorkspaceRun(context.state);
    removeFile(context.state.workspaceProcesses);
    await prepared.checkpoints?.close();
    closeSync(log);
    logWatch.close();
    fileState.close();
  }
}

function recordedFacts(outcome: WorkspaceRunOutcome): Partial<RunRecord> {
  if (outcome.kind === "done") return { commit: outcome.commit };
  if (outcome.kind === "cancelled") return {};
  return { message: failureText(outcome.failure), failure: failureFacts(outcome.failure) };
}

/** Everything that can refuse happens here, before a file of the workspace changes. */
async function prepare(
  context: ExperimentsContext,
  request: WorkspaceRunRequest,
  inputs: PointInputs,
): Promise<Prepared> {
  const { point, folder, targets, flags } = request;
  const baseline = await headCommit(context.repository);
  const author = await committerIdentity(context.repository);
  const files = await inputs.paramFiles();
  const inGit = files.map((file) => file.inGit);
  const stages = await inputs.stages();
  await preflight(stages, { ...runOptionsFrom(flags), targets }, path.join(context.project.root, folder));
  const scope = identityScope(stages, inGit);
  await refuseBranchName(context, request);
  const include = files.filter((file) => file.bytes !== undefined).map((file) => file.inGit);
  const snapshot = await snapshotWorkTree(context.repository, { scratchFolder: context.state.scratch, include });
  const identify = await pointIdentifier(context, { files, scope, copied: [], folder, targets, flags, snapshot });
  const facts = { identity: identify(point), overrides: point.overrides.map(overrideText), targets, flags };
  const mark = randomUUID();
  const open = await openCheckpoints(context, request, {
    ...{ stages, baseline, author, scope },
    facts: { ...facts, checkpointOf: mark },
  });
  if (open !== undefined) return { baseline, author, facts, mark, ...open };
  return { baseline, author, facts, mark, ...(await freshName(context, request, baseline)), checkpoints: undefined };
}

async function freshName(context: ExperimentsContext, request: WorkspaceRunRequest, baseline: ObjectId) {
  return { name: chooseName(request, await knownNames(context, baseline)) };
}

interface CheckpointFacts extends Pick<Prepared, "baseline" | "author" | "facts"> {
  readonly stages: ProjectStages;
  readonly scope: IdentityScope;
}

/** undefined: no stage makes any. */
async function openCheckpoints(
  context: ExperimentsContext,
  request: WorkspaceRunRequest,
  { stages, scope, ...run }: CheckpointFacts,
): Promise<Pick<Prepared, "name" | "checkpoints"> | undefined> {
  if (!stages.stages.some(hasCheckpoints)) return undefined;
  const { WorkspaceCheckpoints, branchOf, chooseStart, startText } = await import("./workspace-checkpoints.ts");
  const { checkpoints: asked, checkpointEvery: every, message, name: wanted } = request;
  const { identity } = run.facts;
  const start = await chooseStart(context, { asked, baseline: run.baseline, name: wanted, identity, scope });
  const taken = start.kind === "reset" ? "replace" : request.taken;
  const fresh = () => freshName(context, { ...request, taken }, run.baseline);
  const { name } = start.kind === "resume" ? start.origin : await fresh();
  const text = startText(start);
  if (text !== undefined) request.events.message(text);
  return {
    name,
    checkpoints: new WorkspaceCheckpoints(context, stages, {
      ...{ ...run, name, message, taken, start, every },
      facts: { ...run.facts, ...branchOf(start, identity) },
      told: () => request.checkpointed?.(),
      warn: (message) => request.events.warning(message),
    }),
  };
}

interface Running {
  readonly request: WorkspaceRunRequest;
  readonly prepared: Prepared;
  readonly log: number;
  readonly lock: WorkspaceLock;
  readonly fileState: FileState;
  readonly readings: Readings;
}

async function reproduceHere(
  context: ExperimentsContext,
  { request, prepared, log, fileState, lock, readings }: Running,
): Promise<ReproduceResult> {
  const { project } = context;
  const { name, baseline, facts } = prepared;
  const stages = await loadProjectStages(project, { readings });
  const options = { ...runOptionsFrom(request.flags), targets: request.targets };
  const folder = path.join(project.root, request.folder);
  await restoreAbsent(stages, stepsOfRun(stages, options, folder), {
    cache: openCache(project, { state: fileState }),
    passed: (output, problem) => request.events.warning(`'${output}' is not restored: ${problem}`),
  });
  return reproduce(
    project,
    {
      ...options,
      interactive: request.interactive,
      folder,
      environment: { ...stageEnvironment({ overrides: facts.overrides, name, baseline }), ...request.environment },
      dvcRoot: project.root,
      output: { kind: "tee", descriptor: log },
      signal: request.signal,
      state: fileState,
      stages,
      lock,
      ...(prepared.checkpoints === undefined ? {} : { checkpoints: prepared.checkpoints }),
      runner: { id: "workspace", label: `experiment '${name}' in the workspace` },
    },
    recordingProcesses(context, request.events),
  );
}

/** The events, with the running process groups kept on disk for whoever comes after a crash. */
function recordingProcesses(context: ExperimentsContext, events: ReproduceEvents): ReproduceEvents {
  const table = keepProcesses(context.state.workspaceProcesses);
  return {
    ...events,
    processStarted: (started) => {
      table.processStarted(started);
      events.processStarted(started);
    },
    processEnded: (ended) => {
      table.processEnded(ended);
      events.processEnded(ended);
    },
  };
}

interface Settling {
  readonly request: WorkspaceRunRequest;
  readonly prepared: Prepared;
  readonly result: ReproduceResult;
  readonly readings: Readings;
}

/** A finished run becomes a commit and a ref; the workspace keeps the results. */
async function settleWorkspaceRun(
  context: ExperimentsContext,
  { request, prepared, result, readings }: Settling,
): Promise<WorkspaceRunOutcome> {
  const { name, baseline, author, facts, checkpoints } = prepared;
  if (result.kind !== "done") {
    const kept = checkpoints?.left;
    if (result.kind === "cancelled") return { kind: "cancelled", name, kept };
    return { kind: "failed", name, failure: { kind: "stages", failures: result.failures }, kept };
  }
  // What came since the last checkpoint is one more of them.
  if (checkpoints?.tip !== undefined) {
    const { commit, isTold } = await checkpoints.finish(result, request.keepCheckpoints);
    if (!isTold) request.events.message(checkpointText(commit));
    return { kind: "done", name, commit };
  }
  const { project, repository } = context;
  const inside = folderInGit(project);
  const listed = filesToCommit(await loadProjectStages(project, { readings }), result);
  const include = await addableFiles(
    listed.map((file) => path.posix.join(inside, file)),
    { cwd: repository.workTree },
  );
  const { message, taken } = request;
  const commit = await commitWorkspace(context, {
    name,
    baseline,
    author,
    facts,
    include,
    taken,
    message: resultMessage(result, message),
  });
  return { kind: "done", name, commit };
}
