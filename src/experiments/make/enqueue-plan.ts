/** What is known before anything is queued: what points start from, and what becomes of each of them. */
import path from "node:path";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isTracing, note, traced } from "../../base/trace.ts";
import type { ObjectId } from "../../git/ids.ts";
import { headCommit } from "../../git/repository.ts";
import { type Snapshot, snapshotWorkTree } from "../../git/snapshot.ts";
import { commitChangedData } from "../../pipeline/data/changed-data.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import { preflight } from "../../pipeline/reproduce/preflight.ts";
import { runOptionsFrom } from "../../pipeline/run-options.ts";
import { folderInGit } from "../../project/in-git.ts";
import { openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import { refuseBranchName } from "../branch-names.ts";
import { filesToCopy } from "../point/copied-paths.ts";
import type { IdentityScope } from "../point/identity.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import { pointIdentifier } from "../point/point-identity.ts";
import { identityScope } from "../point/scope.ts";
import { randomName } from "../random-names.ts";
import type { ExperimentsContext } from "../repository.ts";
import { withAgreeingHeaders } from "./agreeing.ts";
import type { EnqueueRequest } from "./enqueue-request.ts";
import { type KnownOnBaseline, knownOnBaseline } from "./known.ts";
import { type NamedPoint, namePoints } from "./naming.ts";

/** What all points of a request start from. */
export interface StartingState {
  readonly head: ObjectId;
  readonly snapshot: Snapshot;
  readonly files: readonly OpenedParamFile[];
  readonly scope: IdentityScope;
  /** Files of --copy-paths. */
  readonly copied: readonly string[];
  /** Whether changed data went into the cache for it, which nothing but its entries names. */
  readonly data: "as committed" | "stored";
}

export interface EnqueuePlan extends StartingState {
  readonly named: readonly NamedPoint[];
  readonly identities: readonly string[];
  readonly known: KnownOnBaseline;
  readonly disagreeing: readonly string[];
}

export type FreshPoint = Extract<NamedPoint, { kind: "new" }>;

export function freshPoints({ named }: EnqueuePlan): readonly FreshPoint[] {
  return named.filter((point) => point.kind === "new");
}

export function overridesOf({ inputs }: EnqueueRequest, index: number): readonly string[] {
  return (inputs.points[index]?.overrides ?? []).map((override) => override.text);
}

/** Looks at the workspace, or at what the points start from in its place. Errors: those of a run's preflight, and of snapshots. */
export async function lookAtStart(context: ExperimentsContext, request: EnqueueRequest): Promise<StartingState> {
  const { repository } = context;
  if (!request.numbered) await refuseBranchName(context, { name: request.name, taken: request.takenName });
  const copied = filesToCopy(repository, request.copyPaths);
  const { from } = request;
  const head = from?.baseline ?? (await headCommit(repository));
  const files = await request.inputs.paramFiles();
  const include = files.filter((file) => file.bytes !== undefined).map((file) => file.inGit);
  const stages = await request.inputs.stages();
  await preflight(
    stages,
    { ...runOptionsFrom(request.flags), targets: request.targets },
    path.join(context.project.root, request.inputs.folder),
  );
  const taken = await traced({ topic: "queue", name: "snapshot" }, async () => {
    if (from !== undefined)
      return { snapshot: { indexTree: from.tree, workTree: from.tree }, data: "as committed" as const };
    const contents = await changedData(context, stages);
    const snapshot = await snapshotWorkTree(repository, { scratchFolder: context.state.scratch, include, contents });
    return { snapshot, data: contents.size === 0 ? ("as committed" as const) : ("stored" as const) };
  });
  const scope = identityScope(
    stages,
    files.map((file) => file.inGit),
  );
  return { head, files, scope, copied, ...taken };
}

/** The .dvc files of data that was changed since `add`, as they would be after another `add`. */
async function changedData(context: ExperimentsContext, stages: ProjectStages): Promise<ReadonlyMap<string, string>> {
  if (stages.dataStages.size === 0) return new Map();
  const { project } = context;
  const state = projectState(project);
  try {
    const changed = await commitChangedData(stages, openCache(project, { state }));
    const inside = folderInGit(project);
    return new Map(changed.map(({ file, text }) => [path.posix.join(inside, file), text]));
  } finally {
    state.close();
  }
}

/** Tells the identities of points that start there. */
export function identifierFrom(context: ExperimentsContext, request: EnqueueRequest, start: StartingState) {
  return pointIdentifier(context, { ...request, ...start, folder: request.inputs.folder });
}

export async function planEntries(context: ExperimentsContext, request: EnqueueRequest): Promise<EnqueuePlan> {
  const start = await lookAtStart(context, request);
  const [found, identify] = await traced({ topic: "queue", name: "identify" }, () =>
    Promise.all([knownOnBaseline(context, start.head, start.scope), identifierFrom(context, request, start)]),
  );
  return planPoints(context, request, { start, found, identities: request.inputs.points.map(identify) });
}

interface Identified {
  readonly start: StartingState;
  readonly found: KnownOnBaseline;
  /** One a point. */
  readonly identities: readonly string[];
}

export async function planPoints(
  context: ExperimentsContext,
  request: EnqueueRequest,
  { start, found, identities }: Identified,
): Promise<EnqueuePlan> {
  const { points } = request.inputs;
  const asked = { ...start, tree: start.snapshot.workTree, points, identities };
  const { known, disagreeing } = await withAgreeingHeaders(context, found, asked);
  const named = namePoints({
    identities,
    name: request.name,
    numbered: request.numbered,
    ...(request.names === undefined ? {} : { names: request.names }),
    known: known.experiments,
    samePoint: request.samePoint,
    takenName: request.takenName,
    failedBefore: request.failedBefore,
    randomName: (isTaken) => randomName((name) => isTaken(name) || known.allNames.has(name)),
  });
  if (isTracing()) for (const point of named) note("queue", () => decisionWords(request, point));
  return { ...start, named, identities, known, disagreeing };
}

/** What becomes of a point, and why. */
function decisionWords(request: EnqueueRequest, point: NamedPoint): string {
  const words = overridesOf(request, point.index).map((text) => withoutCredentials(text));
  const shown = `point ${point.index + 1} (${words.join(" ")})`;
  if (point.kind === "repeated") return `${shown}: skipped, it is the same as an earlier one`;
  if (point.kind === "known") return `${shown}: skipped, '${point.known.name}' is the same and ${point.known.state}`;
  const replaced = point.replaces === undefined ? "" : `, in the place of what is ${point.replaces.state}`;
  return `${shown}: queued as '${point.name}'${replaced}`;
}
