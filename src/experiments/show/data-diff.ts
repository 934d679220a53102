/** `diff`: tracked data of two commits, or of a commit and the workspace. */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { resolveCommit } from "../../git/repository.ts";
import { type Cache, hasObject } from "../../store/cache.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type DataChange, dataChanges } from "./data-changes.ts";
import { commitIndex, type DataIndex, workspaceIndex } from "./data-index.ts";
import { unknownRevision } from "./revisions.ts";

export interface DataDiffRequest {
  readonly cache: Cache;
  readonly old: string;
  /** undefined: the workspace. */
  readonly new: string | undefined;
  readonly targets: readonly string[] | undefined;
}

export interface DataDiff {
  readonly changes: readonly DataChange[];
  /** Of the old side, what the cache lacks: by path, with its hash. Empty between two commits. */
  readonly notInCache: readonly (readonly [path: string, md5: string])[];
}

async function commitOf({ repository }: ExperimentsContext, revision: string): Promise<ObjectId> {
  const commit = await resolveCommit(repository, revision);
  if (commit === undefined) throw unknownRevision(revision);
  return commit;
}

function refuseUnknownTargets(targets: readonly string[] | undefined, indexes: readonly DataIndex[]): void {
  for (const target of targets ?? []) {
    const isIn = (index: DataIndex) =>
      [...index].some(([name, { files }]) => {
        if (name === target || name.startsWith(`${target}/`)) return true;
        const inner = target.startsWith(`${name}/`) ? target.slice(name.length + 1) : undefined;
        return (
          inner !== undefined &&
          [...(files?.keys() ?? [])].some((file) => file === inner || file.startsWith(`${inner}/`))
        );
      });
    if (!indexes.some(isIn))
      throw new SweeplineError({ code: "FILE_MISSING", message: `No such file or directory: '${target}'` });
  }
}

/** Without commits there is nothing to compare with. Errors: UNKNOWN_REVISION, FILE_MISSING, those of broken pipeline files. */
export async function diffData(context: ExperimentsContext, request: DataDiffRequest): Promise<DataDiff> {
  const { cache, targets } = request;
  const none = { changes: [], notInCache: [] };
  if ((await resolveCommit(context.repository, "HEAD")) === undefined) return none;
  const old = await commitOf(context, request.old);
  const now = request.new === undefined ? undefined : await commitOf(context, request.new);
  if (old === now) return none;
  const before = await commitIndex(context, old, cache);
  const after =
    now === undefined ? await workspaceIndex(context.project, cache) : await commitIndex(context, now, cache);
  refuseUnknownTargets(targets, [before, after]);
  const all = dataChanges(before, after, { depth: "files", targets }).filter(({ kind }) => kind !== "unknown");
  const lacking =
    now === undefined ? all.filter((change) => change.old !== undefined && !hasObject(cache, change.old)) : [];
  return {
    changes: all.filter(({ kind }) => kind !== "unchanged"),
    notInCache: lacking.map((change) => [change.oldPath ?? change.path, change.old ?? ""]),
  };
}
