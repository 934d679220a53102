/** Parameters and metrics of revisions that the user names: for `exp diff`, `metrics show` and the other diffs. */
import { SweeplineError } from "../../base/errors.ts";
import type { Value } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Project } from "../../project/project.ts";
import { listQueue } from "../queue/entries.ts";
import type { DataRequest, ParamsScope } from "../reading/experiment-data.ts";
import {
  type DataOutcome,
  loadRevisions,
  openReaders,
  openReading,
  readWorkspace,
  type SharedReading,
} from "../reading/load-revisions.ts";
import type { ExperimentData, FileResult } from "../reading/types.ts";
import { brokenFiles, type UnreadableFile, unreadableFiles } from "../reading/unreadable.ts";
import { type ExperimentsContext, openExperiments } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { diffFiles, type FilesDiff } from "./diff.ts";
import { flattenMetrics } from "./flatten.ts";
import { chooseCommits, type RevisionChoice, readNames, revisionResolver, unknownRevision } from "./revisions.ts";

const workspaceName = "workspace";

async function withReading<T>(
  context: ExperimentsContext,
  request: DataRequest,
  work: (reading: SharedReading) => Promise<T>,
): Promise<T> {
  const reading = await openReading(context, request);
  try {
    return await work(reading);
  } finally {
    reading.close();
  }
}

async function readCommits(ids: readonly ObjectId[], reading: SharedReading): Promise<(id: ObjectId) => DataOutcome> {
  const loaded = await loadRevisions(ids, reading);
  return (id) => loaded.get(id) ?? { data: null, error: { type: "GitError", message: `there is no commit ${id}` } };
}

/** What waits, runs or failed has a name and no result; undefined where nothing of that name is in the queue. */
async function withoutResult(context: ExperimentsContext, name: string): Promise<SweeplineError | undefined> {
  const { entries } = await listQueue(context);
  const entry = entries.findLast((each) => each.name === name);
  if (entry === undefined) return undefined;
  const isFailed = entry.state === "failed";
  return new SweeplineError({
    code: "UNKNOWN_REVISION",
    message: isFailed ? `'${name}' failed and has no result` : `'${name}' is in the queue and has no result yet`,
    hint: isFailed
      ? `\`sweepline exp logs ${name}\` shows why, \`sweepline exp show\` its parameters.`
      : "`sweepline queue status` shows what waits and runs, `sweepline exp show` its parameters.",
  });
}

/** The commits of names; undefined stands for the workspace. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS. */
export async function resolveRevisions(
  context: ExperimentsContext,
  names: readonly string[],
  { reading, head }: { readonly reading: SharedReading; readonly head: ObjectId | undefined },
): Promise<readonly (ObjectId | undefined)[]> {
  const resolve = revisionResolver(reading.objects, await listFinished(context), head);
  return Promise.all(
    names.map(async (name) => {
      if (name === workspaceName) return undefined;
      const id = await resolve(name);
      if (id === undefined) throw (await withoutResult(context, name)) ?? unknownRevision(name);
      return id;
    }),
  );
}

/**
 * The revisions in the order asked: Git revisions, experiments by name, or "workspace".
 * undefined where the repository has no commits. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS.
 */
export function readRevisions(
  context: ExperimentsContext,
  names: readonly string[],
  request: DataRequest,
): Promise<readonly DataOutcome[] | undefined> {
  return withReading(context, request, async (reading) => {
    const head = (await reading.objects.read("HEAD^{commit}"))?.id;
    if (head === undefined) return undefined;
    const ids = await resolveRevisions(context, names, { reading, head });
    const outcomeOf = await readCommits(
      ids.filter((id) => id !== undefined),
      reading,
    );
    return Promise.all(
      ids.map((id) => (id === undefined ? readWorkspace(context.project, reading.readers, request) : outcomeOf(id))),
    );
  });
}

/** The workspace and the chosen commits by name: branches and tags that share a commit are joined by commas. */
function readChosen(
  project: Project,
  choice: RevisionChoice,
  request: DataRequest,
): Promise<ReadonlyMap<string, DataOutcome>> {
  const context = openExperiments(project);
  return withReading(context, request, async (reading) => {
    const rows = new Map<string, DataOutcome>();
    const workspace = await readWorkspace(project, reading.readers, request);
    const head = (await reading.objects.read("HEAD^{commit}"))?.id;
    const names = await readNames(context.repository, head);
    const resolve = revisionResolver(reading.objects, [], head);
    const chosen = head === undefined ? [] : await chooseCommits(context.repository, choice, { names, resolve });
    const outcomeOf = await readCommits(
      chosen.map(({ id }) => id),
      reading,
    );
    const commits = chosen.map(({ id, names: words }) => [words.join(","), outcomeOf(id)] as const);
    const current = names.currentBranch === undefined ? undefined : new Map(commits).get(names.currentBranch);
    // As in DVC: a workspace that says the same as its branch is not worth a row.
    if (!isSameOutcome(workspace, current)) rows.set(workspaceName, workspace);
    for (const [name, outcome] of commits) rows.set(name, outcome);
    return rows;
  });
}

function isSameOutcome(a: DataOutcome, b: DataOutcome | undefined): boolean {
  if (a.data === null || b === undefined || b.data === null) return false;
  const text = (outcome: typeof a) =>
    [...(outcome.data?.metrics ?? [])].map(([file, result]) => [file, textOf(result)]);
  return JSON.stringify(text(a)) === JSON.stringify(text(b));
}

function textOf(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) =>
    value instanceof Map ? [...value] : typeof value === "bigint" ? `${value}n` : value,
  );
}

/** The metrics of a commit as one flat view: `acc`, `metrics.json:acc` where a name occurs in several files. */
export function metricsOfCommit(context: ExperimentsContext, commit: ObjectId): Promise<ReadonlyMap<string, Value>> {
  return withReading(context, { kind: "tracked", params: "dependencies" }, async (reading) => {
    const revision = (await loadRevisions([commit], reading)).get(commit);
    return revision?.data == null ? new Map() : flattenMetrics(revision.data.metrics);
  });
}

export function revisionUnreadable(revision: string, outcome: DataOutcome): SweeplineError {
  return new SweeplineError({
    code: "REVISION_UNREADABLE",
    message: `'${revision}' can't be read: ${outcome.error?.message ?? ""}`,
  });
}

export interface ExperimentDiff {
  readonly metrics: FilesDiff;
  readonly params: FilesDiff;
  readonly broken: readonly UnreadableFile[];
}

interface DiffRequest {
  /** Revisions or names of experiments; default: HEAD and the workspace. */
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly which: "changed" | "all";
}

/** `exp diff`; undefined without commits. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS, REVISION_UNREADABLE. */
export async function diffExperiments(
  context: ExperimentsContext,
  request: DiffRequest & { readonly params: ParamsScope },
): Promise<ExperimentDiff | undefined> {
  const { old = "HEAD", new: current = workspaceName, which, params } = request;
  const outcomes = await readRevisions(context, [old, current], { kind: "tracked", params });
  const [before, after] = outcomes ?? [];
  if (before === undefined || after === undefined) return undefined;
  if (before.data === null) throw revisionUnreadable(old, before);
  if (after.data === null) throw revisionUnreadable(current, after);
  return {
    metrics: diffFiles(before.data.metrics, after.data.metrics, which),
    params: diffFiles(before.data.params, after.data.params, which),
    broken: [...brokenFiles(old, before.data), ...brokenFiles(current, after.data)],
  };
}

/** A diff of what could be read, and what could not. */
export interface PartialDiff {
  readonly diff: FilesDiff;
  readonly unreadable: readonly UnreadableFile[];
}

type FilesOf = (data: ExperimentData) => ReadonlyMap<string, FileResult>;
const metricsFiles: FilesOf = (data) => data.metrics;
const paramsFiles: FilesOf = (data) => data.params;

export type TargetsRequest = DiffRequest & {
  readonly targets: readonly string[] | undefined;
  readonly params?: ParamsScope;
};

async function diffOf(context: ExperimentsContext, request: TargetsRequest, filesOf: FilesOf): Promise<PartialDiff> {
  const { old = "HEAD", new: current = workspaceName, which, targets, params = "all" } = request;
  const wanted: DataRequest = targets === undefined ? { kind: "tracked", params } : { kind: "targets", targets };
  const outcomes = await readRevisions(context, [old, current], wanted);
  const [before, after] = outcomes ?? [];
  if (before === undefined || after === undefined) return { diff: new Map(), unreadable: [] };
  const files = (outcome: DataOutcome) => (outcome.data === null ? new Map() : filesOf(outcome.data));
  return {
    diff: diffFiles(files(before), files(after), which),
    unreadable: [
      ...unreadableFiles(old, before, (data) => filesOf(data).values()),
      ...unreadableFiles(current, after, (data) => filesOf(data).values()),
    ],
  };
}

/** `metrics diff`. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS. */
export function diffMetrics(context: ExperimentsContext, request: TargetsRequest): Promise<PartialDiff> {
  return diffOf(context, request, metricsFiles);
}

/** `params diff`. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS. */
export function diffParams(context: ExperimentsContext, request: TargetsRequest): Promise<PartialDiff> {
  return diffOf(context, request, paramsFiles);
}

/** The metrics files of one revision, or why it can't be read. */
export type RevisionMetrics =
  | { readonly kind: "data"; readonly files: ReadonlyMap<string, FileResult> }
  | { readonly kind: "error"; readonly type: string; readonly message: string };

function revisionMetrics(outcome: DataOutcome): RevisionMetrics {
  if (outcome.data === null) return { kind: "error", ...outcome.error };
  return { kind: "data", files: outcome.data.metrics };
}

export interface MetricsRequest extends Pick<RevisionChoice, "allBranches" | "allTags" | "allCommits"> {
  readonly targets: readonly string[] | undefined;
}

/** `metrics show`: by revision; the workspace alone has the name "" and needs no Git. */
export async function readMetrics(
  project: Project,
  { targets, ...choice }: MetricsRequest,
): Promise<{ readonly metrics: ReadonlyMap<string, RevisionMetrics>; readonly unreadable: readonly UnreadableFile[] }> {
  const request: DataRequest =
    targets === undefined ? { kind: "tracked", params: "dependencies" } : { kind: "targets", targets };
  const isWorkspaceOnly = !choice.allBranches && !choice.allTags && !choice.allCommits;
  const rows = isWorkspaceOnly
    ? new Map([["", await readWorkspace(project, await openReaders(project), request)]])
    : await readChosen(project, { revs: [], count: 1, ...choice }, request);
  return {
    metrics: new Map([...rows].map(([name, outcome]) => [name, revisionMetrics(outcome)])),
    unreadable: [...rows].flatMap(([name, outcome]) =>
      unreadableFiles(name || workspaceName, outcome, ({ metrics }) => metrics.values()),
    ),
  };
}
