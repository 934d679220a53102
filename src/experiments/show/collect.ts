/** Collects what `exp show` shows: the workspace, baselines, and the experiments of each (DVC 3.67.1, repo/experiments/collect.py). */
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import { isEmptyNote } from "../notes/note.ts";
import { type KeptNotes, readNotes } from "../notes/store.ts";
import type { ParamsScope } from "../reading/experiment-data.ts";
import {
  type LoadedRevision,
  loadRevisions,
  openReading,
  readWorkspace,
  type SharedReading,
} from "../reading/load-revisions.ts";
import type { RowCache } from "../reading/row-cache.ts";
import { rowsFile } from "../reading/rows-file.ts";
import type { Baseline, Experiment, ExperimentState, RunState } from "../reading/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { currentWorkspaceRun, type WorkspaceRun } from "../runs/workspace-run.ts";
import { type Candidate, listCandidates } from "./candidates.ts";
import { byBaseline } from "./listing.ts";
import { withOwnChains } from "./own-chains.ts";
import { chooseCommits, commitNamer, isChosen, type RevisionChoice, readNames, revisionResolver } from "./revisions.ts";
import { sweepMeant, sweepsHint } from "./sweep-meant.ts";

export interface CollectOptions {
  readonly revisions: RevisionChoice;
  /** What is not shown. */
  readonly hide: ReadonlySet<"workspace" | "queued" | "failed">;
  readonly params: ParamsScope;
  /** "ids": baselines are not called by their branch or tag. */
  readonly naming: "names" | "ids";
  /** "renew": read every commit again, whatever is remembered of it; default: "use". */
  readonly memory?: "use" | "renew";
  /** Of one who collects again and again: what was read, to which is added what is read now. A commit never says anything else. */
  readonly kept?: Map<ObjectId, LoadedRevision>;
  /** Only the experiments of that sweep (or of the only one whose id begins so), and the baselines that have some. */
  readonly sweep?: string;
}

const rank: Readonly<Record<RunState, number>> = { running: 0, success: 1, queued: 2, failed: 3 };

function isOpen({ state }: Candidate): boolean {
  return state === "queued" || state === "running";
}

function stateOf(candidate: Candidate, revision: LoadedRevision): ExperimentState {
  const { state, failure } = candidate;
  const notYet = isOpen(candidate) && candidate.checkpoints === undefined;
  // What waits or runs has no metrics of its own: those in its tree are the baseline's.
  const data = revision.data !== null && notYet ? { ...revision.data, metrics: new Map() } : revision.data;
  const reason = failure === undefined ? undefined : `Experiment run failed${failure === "" ? "" : `: ${failure}`}`;
  return {
    rev: candidate.commit,
    name: candidate.name,
    timestamp: state === "running" ? null : revision.timestamp,
    data,
    error: reason === undefined ? revision.error : { type: "", message: reason },
  };
}

function revisionState(rev: string, revision: LoadedRevision): ExperimentState {
  return { rev, name: null, timestamp: revision.timestamp, data: revision.data, error: revision.error };
}

/**
 * The older checkpoints of experiments that have some, newest first: from the tip's parent to the baseline, without it. An
 * experiment that does not derive from its baseline has its tip only.
 */
async function readChains(
  context: ExperimentsContext,
  candidates: readonly Candidate[],
  known: { readonly revisions: ReadonlyMap<ObjectId, LoadedRevision>; readonly load: LoadCommits },
): Promise<ReadonlyMap<Candidate, readonly ExperimentState[]>> {
  const chained = candidates.filter(({ state, commit, baseline, checkpoints }) => {
    const parent = known.revisions.get(commit)?.parents[0];
    return (state === "success" || checkpoints !== undefined) && parent !== undefined && parent !== baseline;
  });
  if (chained.length === 0) return new Map();
  const { chainsOf } = await import("../checkpoints/older.ts");
  const chains = await chainsOf(context.repository, chained);
  const revisions = await known.load(new Set([...chains.values()].flat()));
  return new Map(
    [...chains].map(([candidate, ids]) => [
      candidate,
      ids.flatMap((id) => {
        const revision = revisions.get(id);
        return revision === undefined ? [] : [revisionState(id, revision)];
      }),
    ]),
  );
}

interface Collected {
  readonly candidates: readonly Candidate[];
  readonly revisions: ReadonlyMap<ObjectId, LoadedRevision>;
  readonly chains: ReadonlyMap<Candidate, readonly ExperimentState[]>;
  readonly notes: KeptNotes;
}

function noteOf({ commit }: Candidate, notes: KeptNotes): Pick<Experiment, "note"> {
  const note = notes.get(commit)?.note;
  return note === undefined || isEmptyNote(note) ? {} : { note };
}

function trialOf(candidate: Candidate, revision: LoadedRevision): Pick<Experiment, "trial"> {
  const trial = candidate.trial ?? revision.trial;
  return trial === undefined ? {} : { trial };
}

/** The experiments of one baseline: running, finished, queued, failed; each newest first. */
function experimentsOf(
  candidates: readonly Candidate[],
  { revisions, chains, notes }: Collected,
): readonly Experiment[] {
  const known = candidates.flatMap((candidate) => {
    const revision = revisions.get(candidate.commit);
    return revision === undefined ? [] : [{ candidate, revision }];
  });
  known.sort(
    (a, b) =>
      rank[a.candidate.state] - rank[b.candidate.state] ||
      b.revision.timestamp - a.revision.timestamp ||
      b.candidate.sequence - a.candidate.sequence ||
      (a.candidate.commit < b.candidate.commit ? 1 : -1),
  );
  return known.map(({ candidate, revision }) => ({
    name: candidate.name,
    executor: candidate.executor,
    revs: [stateOf(candidate, revision), ...(chains.get(candidate) ?? [])],
    sweep: candidate.sweep ?? revision.sweep,
    ...trialOf(candidate, revision),
    ...(revision.stoppedAt === undefined ? {} : { stoppedAt: revision.stoppedAt }),
    ...noteOf(candidate, notes),
  }));
}

async function workspaceState(context: ExperimentsContext, reading: SharedReading): Promise<ExperimentState> {
  const outcome = await readWorkspace(context.project, reading.readers, reading.request);
  return { rev: "workspace", name: null, timestamp: null, ...outcome };
}

/** What runs in the workspace has no commit: its values are the workspace's (dvc/repo/experiments/queue/workspace.py). */
function runningThere({ project }: ExperimentsContext, run: WorkspaceRun, workspace: ExperimentState): Experiment {
  const local = { root: project.root, log: null, pid: run.pid, returnCode: null, taskId: null };
  return {
    name: run.name,
    executor: { state: "running", name: "workspace", local },
    revs: [{ ...workspace, name: run.name }],
    sweep: undefined,
  };
}

type LoadCommits = (commits: ReadonlySet<ObjectId>) => Promise<ReadonlyMap<ObjectId, LoadedRevision>>;

/** From this many commits on, what was read before is worth looking up. */
const manyCommits = 200;

/** What is remembered of commits: opened once, when somebody asks. */
type OpenRows = () => Promise<RowCache>;

function rowsOpener({ project }: ExperimentsContext, { request, prefix, readers }: SharedReading): OpenRows {
  let rows: Promise<RowCache> | undefined;
  const open = async () => {
    const { RowCache } = await import("../reading/row-cache.ts");
    return RowCache.open(project, readers.files, { request: JSON.stringify(request), prefix });
  };
  return () => {
    rows ??= open();
    return rows;
  };
}

/** Reads what is remembered, where something is, while Git lists what is there. */
async function readAhead({ project }: ExperimentsContext, open: OpenRows): Promise<void> {
  if (existsSync(rowsFile(project))) (await open()).readAhead();
}

/** The commits' rows, as far as possible from those that are remembered. */
async function loadRemembered(
  facts: { readonly reading: SharedReading; readonly rows: OpenRows; readonly memory: "use" | "renew" },
  commits: ReadonlySet<ObjectId>,
): Promise<ReadonlyMap<ObjectId, LoadedRevision>> {
  const { reading, rows, memory } = facts;
  if (commits.size < manyCommits) return loadRevisions(commits, reading);
  const cache = await rows();
  const known = new Map<ObjectId, LoadedRevision>();
  const unknown: ObjectId[] = [];
  for (const commit of commits) {
    const revision = memory === "use" ? cache.get(commit) : undefined;
    if (revision === undefined) unknown.push(commit);
    else known.set(commit, revision);
  }
  const read = await loadRevisions(unknown, reading);
  cache.put(read);
  for (const [commit, revision] of read) known.set(commit, revision);
  return known;
}

/** The same, but for what the caller has kept from the last time. */
async function loadUnkept(
  kept: Map<ObjectId, LoadedRevision>,
  commits: ReadonlySet<ObjectId>,
  load: LoadCommits,
): Promise<ReadonlyMap<ObjectId, LoadedRevision>> {
  const missing = new Set([...commits].filter((commit) => !kept.has(commit)));
  const read = missing.size === 0 ? new Map<ObjectId, LoadedRevision>() : await load(missing);
  // What can't be read today may be there tomorrow.
  for (const [id, revision] of read) if (revision.data !== null) kept.set(id, revision);
  return new Map(
    [...commits].flatMap((id) => {
      const revision = read.get(id) ?? kept.get(id);
      return revision === undefined ? [] : [[id, revision] as const];
    }),
  );
}

function sweepIds({ candidates, revisions }: Collected): readonly string[] {
  const sweeps = candidates.map((candidate) => candidate.sweep ?? revisions.get(candidate.commit)?.sweep);
  return [...new Set(sweeps.flatMap((sweep) => sweep ?? []))];
}

function unknownSweep(sweep: string, ids: readonly string[], options: CollectOptions): SweeplineError {
  const where = isChosen(options.revisions) ? " at these commits" : "";
  const hint = sweepsHint(ids);
  return new SweeplineError({
    code: "SWEEP_UNKNOWN",
    message: `no experiment of a sweep '${sweep}' is here${where}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Throws SWEEP_UNKNOWN. */
function sweepAsked(asked: string | undefined, collected: Collected, options: CollectOptions): string | undefined {
  if (asked === undefined) return undefined;
  const ids = sweepIds(collected);
  const meant = sweepMeant(asked, ids);
  if (meant === undefined) throw unknownSweep(asked, ids, options);
  return meant;
}

async function collectWith(
  context: ExperimentsContext,
  options: CollectOptions,
  reading: SharedReading,
): Promise<readonly Baseline[]> {
  const head = (await reading.objects.read("HEAD^{commit}"))?.id;
  if (head === undefined && options.sweep !== undefined) throw unknownSweep(options.sweep, [], options);
  if (head === undefined) return [];
  const memory = options.memory ?? "use";
  const rows = rowsOpener(context, reading);
  const [names, finished] = await Promise.all([
    readNames(context.repository, head),
    listFinished(context),
    memory === "use" ? readAhead(context, rows) : undefined,
  ]);
  const resolve = revisionResolver(reading.objects, finished, head);
  const [chosen, listed] = await Promise.all([
    chooseCommits(context.repository, options.revisions, { names, resolve }),
    listCandidates(context, finished),
  ]);
  // A sweep is found whatever commit it hangs on, unless the user names the commits.
  const isAnywhere = options.sweep !== undefined && !isChosen(options.revisions);
  // With all commits also those that no branch has any more: an amended baseline is one of them.
  const others = isAnywhere || options.revisions.allCommits ? listed.map(({ baseline }) => baseline) : [];
  const wanted = new Set([...(isAnywhere ? [] : chosen.map(({ id }) => id)), ...others]);
  const isHidden = (state: RunState) => (state === "queued" || state === "failed") && options.hide.has(state);
  const near = listed.filter(({ baseline }) => wanted.has(baseline));
  const hasMarks = near.some(({ mark }) => mark !== undefined);
  const joined = hasMarks ? await withOwnChains(near, reading.objects) : near;
  const candidates = joined.filter(({ state }) => !isHidden(state));
  const commits = new Set([...wanted, ...candidates.map(({ commit }) => commit)]);
  const loadAll: LoadCommits = (chosen) => loadRemembered({ reading, rows, memory }, chosen);
  const { kept: before } = options;
  const load: LoadCommits = before === undefined ? loadAll : (chosen) => loadUnkept(before, chosen, loadAll);
  const revisions = await load(commits);
  const chains = await readChains(context, candidates, { revisions, load });
  const collected = { candidates, revisions, chains, notes: await readNotes(context.repository) };
  const groups = byBaseline(candidates);
  const nameOf = commitNamer(names);
  const sweep = sweepAsked(options.sweep, collected, options);
  const run = sweep === undefined ? currentWorkspaceRun(context.state) : undefined;
  const isWorkspaceHidden = options.hide.has("workspace");
  const workspace = isWorkspaceHidden && run === undefined ? undefined : await workspaceState(context, reading);
  const here = run === undefined || workspace === undefined ? [] : [runningThere(context, run, workspace)];
  const baselines = [...wanted].flatMap((id): Baseline[] => {
    const revision = revisions.get(id);
    if (revision === undefined) return [];
    const kept = experimentsOf(groups.get(id) ?? [], collected);
    const all = run?.baseline === id ? [...here, ...kept] : kept;
    const experiments = sweep === undefined ? all : all.filter((experiment) => experiment.sweep === sweep);
    if (sweep !== undefined && experiments.length === 0) return [];
    const name = options.naming === "ids" ? null : nameOf(id);
    return [{ ...revisionState(id, revision), name, experiments }];
  });
  return isWorkspaceHidden || workspace === undefined ? baselines : [{ ...workspace, experiments: [] }, ...baselines];
}

/** The rows of `exp show`; none where there is no commit yet. Errors: UNKNOWN_REVISION, SWEEP_UNKNOWN. */
export async function collectExperiments(
  context: ExperimentsContext,
  options: CollectOptions,
): Promise<readonly Baseline[]> {
  const reading = await openReading(context, { kind: "tracked", params: options.params });
  try {
    return await collectWith(context, options, reading);
  } finally {
    reading.close();
  }
}
