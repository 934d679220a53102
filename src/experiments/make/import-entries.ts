/** Writes a sweep's entries: blobs, trees and commits through one `git fast-import`. */
import { pythonJson } from "../../base/python.ts";
import { CatFile } from "../../git/catfile.ts";
import { type ImportStream, importObjects, type TreeFile } from "../../git/fast-import.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity, stamp } from "../../git/objects.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import type { Point } from "../../sweep/types.ts";
import { importFiles } from "../point/copied-paths.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import { type QueueHome, queueHome } from "../queue-home.ts";
import { checkpointMark, type EntryRecord, entryMessage, type OverrideText } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { EnqueuePlan, FreshPoint, StartingState } from "./enqueue-plan.ts";
import type { EnqueueRequest } from "./enqueue-request.ts";

export interface ImportRequest {
  readonly request: EnqueueRequest;
  readonly plan: EnqueuePlan;
  readonly fresh: readonly FreshPoint[];
  readonly firstSequence: number;
}

/** Writes the objects of all new entries through one stream; returns the entries' commits in order. */
export async function importEntries(
  context: ExperimentsContext,
  { request, plan, fresh, firstSequence }: ImportRequest,
): Promise<readonly ObjectId[]> {
  const { repository } = context;
  const author = stamp(await committerIdentity(repository), new Date());
  const filtered = await filteredFiles(context, plan);
  const commits = await importObjects(repository, async (stream) => {
    const shared = await sharedCommits(stream, { repository, plan, author });
    const blobs = new ParamBlobs(repository, (text) => stream.blob(text), { files: plan.files, filtered });
    const home = queueHome(context);
    for (const [at, point] of fresh.entries()) {
      const record = entryRecord({ request, plan, point, home, sequence: firstSequence + at });
      await stream.commit({
        baseTree: plan.snapshot.workTree,
        files: await blobs.filesOf(request.inputs.points[point.index] as Point),
        parents: [plan.head, ...shared],
        author,
        message: entryMessage({ head: plan.head, baseline: plan.head, name: point.name }, record),
      });
    }
  });
  return commits.slice(plan.copied.length === 0 ? 1 : 2);
}

/** The commits that all entries have as parents, with the head: one of the user's index, and one of copied paths, if there are any. */
export async function sharedCommits(
  stream: ImportStream,
  {
    repository,
    plan,
    author,
  }: { readonly repository: Repository; readonly plan: StartingState; readonly author: string },
): Promise<readonly { readonly mark: number }[]> {
  const parents = [plan.head];
  const index = { baseTree: plan.snapshot.indexTree, files: [], parents, author, message: "Index stash" };
  const shared = [await stream.commit(index)];
  if (plan.copied.length === 0) return shared;
  const files = await importFiles(stream, repository, plan.copied);
  return [...shared, await stream.commit({ baseTree: null, files, parents: [], author, message: "Copied paths" })];
}

export interface RecordRequest {
  readonly request: EnqueueRequest;
  readonly plan: EnqueuePlan;
  readonly point: FreshPoint;
  readonly home: QueueHome;
  readonly sequence: number;
}

/** What is known of a new entry. */
export function entryRecord({ request, plan, point, home, sequence }: RecordRequest): EntryRecord {
  const { sweep, pointsAre, message, targets, flags, limits, inputs, from } = request;
  const planned = request.inputs.points[point.index] as Point;
  const overrides = planned.overrides.map(overrideText);
  return {
    v: 1,
    sequence,
    ...home,
    folder: inputs.folder,
    identity: plan.identities[point.index] ?? "",
    overrides,
    targets,
    flags,
    ...(sweep === undefined ? {} : { sweep, point: planned.index }),
    ...(pointsAre === "trials" ? { trial: planned.index + 1 } : {}),
    ...(message === undefined ? {} : { message }),
    ...(limits === undefined ? {} : { limits }),
    ...(from === undefined ? {} : { continues: from.commit }),
    ...placeTaken(request, plan, point),
  };
}

/**
 * An entry in whose place the same point comes again leaves it its checkpoints, to go on from; with --force it starts over, in
 * the place of what has its name.
 */
function placeTaken(
  { samePoint }: EnqueueRequest,
  { known, identities }: EnqueuePlan,
  { replaces, index }: FreshPoint,
): Pick<EntryRecord, "replace" | "checkpointsOf"> {
  if (replaces === undefined) return {};
  if (replaces.state === "done" || samePoint === "replace") return { replace: true };
  const before = known.experiments.find(({ entry, name }) => entry !== undefined && name === replaces.name);
  const isSame = before?.entry !== undefined && before.identity === identities[index];
  return isSame ? { checkpointsOf: checkpointMark(before.entry) } : {};
}

/** An override as it is recorded with an experiment. */
export function overrideText(override: Point["overrides"][number]): OverrideText {
  const { file, text, edit } = override;
  const value = edit.value === undefined ? "" : typeof edit.value === "string" ? edit.value : pythonJson(edit.value);
  return { file, text, key: edit.path.join("."), value };
}

/** Parameter files whose blob in Git is not their bytes: a filter (line ends, LFS) stands between. */
export async function filteredFiles(
  context: ExperimentsContext,
  plan: Pick<StartingState, "files" | "snapshot">,
): Promise<ReadonlySet<string>> {
  const catFile = new CatFile(context.repository);
  try {
    const filtered = new Set<string>();
    for (const file of plan.files) {
      if (file.bytes === undefined) continue;
      const blob = await catFile.read(`${plan.snapshot.workTree}:${file.inGit}`);
      if (blob !== undefined && !blob.content.equals(file.bytes)) filtered.add(file.name);
    }
    return filtered;
  } finally {
    catFile.close();
  }
}

/** The blobs of edited parameter files: equal contents are written once. */
export class ParamBlobs {
  private readonly written = new Map<string, TreeFile["blob"]>();

  constructor(
    private readonly repository: Repository,
    private readonly write: (text: string) => TreeFile["blob"],
    private readonly params: {
      readonly files: readonly OpenedParamFile[];
      /** Names of those whose blob is not their bytes. */
      readonly filtered: ReadonlySet<string>;
    },
  ) {}

  async filesOf(point: Point): Promise<readonly TreeFile[]> {
    const files: TreeFile[] = [];
    for (const file of this.params.files) {
      const text = file.textAt(point);
      if (text === undefined) continue;
      const mode = (file.mode & 0o100) === 0 ? "100644" : "100755";
      files.push({ path: file.inGit, mode, blob: await this.blob(file, text) });
    }
    return files;
  }

  private async blob(file: OpenedParamFile, text: string): Promise<TreeFile["blob"]> {
    const key = `${file.name}\0${text}`;
    const known = this.written.get(key);
    if (known !== undefined) return known;
    const blob = this.params.filtered.has(file.name) ? await this.filteredBlob(file, text) : this.write(text);
    this.written.set(key, blob);
    return blob;
  }

  /** Line ends, LFS: Git's own filters make the blob. */
  private async filteredBlob(file: OpenedParamFile, text: string): Promise<TreeFile["blob"]> {
    const args = ["hash-object", "-w", "--stdin", "--path", file.inGit];
    return { id: (await git(args, { cwd: this.repository.workTree, input: text })).trim() as ObjectId };
  }
}
