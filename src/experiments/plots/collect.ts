/** The plots of revisions that the user names, and what their files hold there. */
import { SweeplineError } from "../../base/errors.ts";
import { whenLoaded } from "../../base/not-loaded.ts";
import type { ValueMap } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { hasChanges } from "../../git/tracked-paths.ts";
import { diskSource } from "../../pipeline/reading/disk-source.ts";
import type { FileAnswer } from "../../pipeline/reading/file-source.ts";
import type { Project } from "../../project/project.ts";
import { type OpenRevision, openRevision, type Readers } from "../reading/experiment-data.ts";
import { openReaders, openReading, openTrees, type SharedReading } from "../reading/load-revisions.ts";
import { type ExperimentsContext, openExperiments } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { revisionResolver, unknownRevision } from "../show/revisions.ts";
import { type PlotChoice, plotDefinitions, plotNames, plotOutputs } from "./definitions.ts";
import { filesOfPlot, readPlotFile } from "./sources.ts";
import type { PlotSource, RevisionPlots } from "./types.ts";

const workspaceName = "workspace";

type Opened = OpenRevision | SweeplineError;

async function openWorkspace(project: Project, readers: Readers): Promise<Opened> {
  try {
    const place = { project, source: diskSource(project) };
    return await whenLoaded(() => openRevision(place, readers));
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
}

const notThere = (name: string): PlotSource => ({
  kind: "error",
  type: "FileNotFoundError",
  message: `'${name}' does not exist, or its data is not in the cache: \`sweepline fetch\` brings it`,
});

function sourceOf(name: string, answer: FileAnswer, props: ValueMap): Promise<PlotSource> | PlotSource {
  if (answer.kind !== "file") return notThere(name);
  return readPlotFile(name, answer, { header: props.get("header") !== false });
}

/** A file whose bytes are at hand. */
function findWhole({ files }: OpenRevision, file: string): Promise<FileAnswer> {
  return whenLoaded(() => {
    const answer = files.find(file);
    return answer.kind === "file" ? { kind: "file", id: answer.id, bytes: answer.bytes } : answer;
  });
}

async function plotsOf(rev: string, opened: Opened, choice: PlotChoice): Promise<RevisionPlots> {
  if (opened instanceof SweeplineError)
    return { rev, definitions: [], sources: new Map(), error: { type: opened.code, message: opened.message } };
  const definitions = await whenLoaded(() => plotDefinitions(opened, choice));
  const outputs = plotOutputs(opened, choice.folder);
  const { inProject } = plotNames(choice.folder);
  const sources = new Map<string, PlotSource>();
  for (const name of new Set(definitions.flatMap(filesOfPlot))) {
    const props = new Map([...(outputs.get(name) ?? []), ...choice.props]);
    sources.set(name, await sourceOf(name, await findWhole(opened, inProject(name)), props));
  }
  return { rev, definitions, sources };
}

async function treeOf(reading: SharedReading, commit: ObjectId): Promise<ObjectId> {
  const [object] = await reading.objects.readAll([commit]);
  if (object?.type !== "commit") throw unknownRevision(commit);
  return parseCommit(object.content).tree;
}

/** A revision as the user called it, and its commit; undefined: the workspace. */
interface NamedRevision {
  readonly rev: string;
  readonly commit: ObjectId | undefined;
}

async function plotsIn(
  reading: SharedReading,
  revisions: readonly NamedRevision[],
  choice: PlotChoice,
): Promise<readonly RevisionPlots[]> {
  const trees = new Map<ObjectId, ObjectId>();
  for (const { commit } of revisions) if (commit !== undefined) trees.set(commit, await treeOf(reading, commit));
  const opened = await openTrees(trees.values(), reading);
  const found: RevisionPlots[] = [];
  for (const { rev, commit } of revisions) {
    const tree = commit === undefined ? undefined : trees.get(commit);
    const one =
      commit === undefined
        ? await openWorkspace(reading.project, reading.readers)
        : tree === undefined
          ? undefined
          : opened.get(tree);
    if (one !== undefined) found.push(await plotsOf(rev, one, choice));
  }
  return found;
}

/** Of commits and experiments by name. Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS. */
async function plotsOfRevisions(
  context: ExperimentsContext,
  revs: readonly string[],
  choice: PlotChoice,
): Promise<readonly RevisionPlots[]> {
  const reading = await openReading(context, { kind: "targets", targets: [] });
  try {
    const head = (await reading.objects.read("HEAD^{commit}"))?.id;
    const resolve = revisionResolver(reading.objects, await listFinished(context), head);
    const revisions: NamedRevision[] = [];
    for (const rev of revs) {
      const commit = rev === workspaceName ? undefined : await resolve(rev);
      if (commit === undefined && rev !== workspaceName) throw unknownRevision(rev);
      revisions.push({ rev, commit });
    }
    return await plotsIn(reading, revisions, choice);
  } finally {
    reading.close();
  }
}

/** All plots of these commits, which are called by their ids. */
export async function plotsOfCommits(
  context: ExperimentsContext,
  commits: readonly ObjectId[],
): Promise<readonly RevisionPlots[]> {
  const reading = await openReading(context, { kind: "targets", targets: [] });
  try {
    const revisions = commits.map((commit) => ({ rev: commit, commit }));
    return await plotsIn(reading, revisions, { targets: [], props: new Map(), folder: "" });
  } finally {
    reading.close();
  }
}

/** `plots show`: of the workspace, which needs no Git. */
export async function workspacePlots(project: Project, choice: PlotChoice): Promise<readonly RevisionPlots[]> {
  return [await plotsOf(workspaceName, await openWorkspace(project, await openReaders(project)), choice)];
}

/**
 * `plots diff`: of these revisions; one alone is compared with the workspace, none: HEAD where the workspace differs from it.
 * Errors: NO_GIT, UNKNOWN_REVISION, NAME_AMBIGUOUS.
 */
export async function plotsToCompare(
  project: Project,
  revs: readonly string[],
  choice: PlotChoice,
): Promise<readonly RevisionPlots[]> {
  const context = openExperiments(project);
  const base = revs.length === 0 && (await hasChanges(context.repository)) ? ["HEAD"] : revs;
  const asked = base.length <= 1 ? [...base, workspaceName] : base;
  // The workspace comes first, wherever it was named (DVC's order).
  const others = asked.filter((rev) => rev !== workspaceName);
  const ordered = asked.includes(workspaceName) ? [workspaceName, ...others] : others;
  return plotsOfRevisions(context, ordered, choice);
}
