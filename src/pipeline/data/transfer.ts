/** `push` and `fetch`: the workspace's data between the cache and storage remotes. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { withinAny } from "../../base/paths.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import { byRemote } from "../../store/remotes/by-remote.ts";
import { legacyLayout } from "../../store/remotes/legacy-layout.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pushObjects } from "../../store/remotes/push-objects.ts";
import { pullRuns, pushRuns } from "../../store/remotes/run-cache.ts";
import type { FolderParts, TransferOptions, TransferOutcome } from "../../store/remotes/types.ts";
import { cachePlace, whilePinned } from "../locks/pins.ts";
import { fetchImports } from "../reproduce/imports.ts";
import { type TrackedObject, type TrackedRequest, trackedData, trackedObjects } from "./tracked.ts";

export interface DataTransferRequest extends TrackedRequest, TransferOptions {
  /** -r; undefined: the remote that an output names, or the default one. */
  readonly remote: string | undefined;
  readonly runCache: boolean;
}

interface Ways {
  readonly objects: typeof pushObjects;
  readonly runs: typeof pushRuns;
  /** Which objects go where in a remote. */
  layouts(tracked: readonly TrackedObject[]): readonly LayoutGroup[];
}

interface LayoutGroup {
  readonly layout: TrackedObject["layout"];
  readonly tracked: readonly TrackedObject[];
}

/** Data of DVC 2 entries goes where DVC looks for it. */
function byLayout(tracked: readonly TrackedObject[]): readonly LayoutGroup[] {
  const legacy = tracked.filter(({ layout }) => layout === "legacy");
  const current = { layout: "current", tracked: tracked.filter(({ layout }) => layout === "current") } as const;
  return legacy.length === 0 ? [current] : [current, { layout: "legacy", tracked: legacy }];
}

/** A download looks in both. */
const together: Ways["layouts"] = (tracked) => [{ layout: "current", tracked }];

async function transfer(
  request: DataTransferRequest,
  objects: readonly TrackedObject[],
  ways: Ways,
): Promise<TransferOutcome> {
  const { project, jobs, progress } = request;
  const options = { jobs, ...(progress === undefined ? {} : { progress }) };
  const state = projectState(project);
  const sum = { transferred: 0, missing: [] as string[], failed: [] as { md5: string; message: string }[] };
  try {
    const cache: Cache = openCache(project, { state });
    if (request.runCache) sum.transferred += await ways.runs(cache, openRemote(project, request.remote), options);
    const groups = [...byRemote(request, objects)].flatMap(([name, tracked]) =>
      ways.layouts(tracked).map((group) => ({ name, ...group })),
    );
    for (const { name, layout, tracked } of groups) {
      const hashes = tracked.map(({ md5 }) => md5);
      const remote = openRemote(project, name);
      const outcome = await ways.objects(cache, layout === "legacy" ? legacyLayout(remote) : remote, {
        ...options,
        hashes,
        parts: partsOf(tracked),
      });
      sum.transferred += outcome.transferred;
      sum.missing.push(...outcome.missing);
      sum.failed.push(...outcome.failed);
    }
    return sum;
  } finally {
    state.close();
  }
}

/** Of folders of which only files were named: which of them. A folder that is named as a whole elsewhere is whole. */
function partsOf(objects: readonly TrackedObject[]): FolderParts {
  const parts = new Map<string, (relpath: string) => boolean>();
  for (const { md5, file, within } of objects) {
    if (within === undefined) continue;
    const isMeant = withinAny(within);
    const before = parts.get(md5);
    parts.set(md5, (relpath) => isMeant(path.join(file, relpath)) || (before?.(relpath) ?? false));
  }
  for (const { md5, within } of objects) if (within === undefined) parts.delete(md5);
  return parts;
}

/** Uploads what the remote lacks. Errors: REMOTE_UNKNOWN, REMOTE_UNSUPPORTED, those of targets. */
export async function pushTracked(request: DataTransferRequest): Promise<TransferOutcome> {
  const objects = await trackedObjects(request);
  // `gc -c` must not take from the remote what is counted as there.
  const runner = { id: "push", label: "a push of data" };
  return whilePinned({ ...cachePlace(request.project), runner }, () =>
    transfer(
      request,
      objects.filter(({ push }) => push),
      { objects: pushObjects, runs: pushRuns, layouts: byLayout },
    ),
  );
}

/** Downloads what the cache lacks, imported data from where it comes from. Errors as pushTracked. */
export async function fetchTracked(request: DataTransferRequest): Promise<TransferOutcome> {
  const { project, jobs } = request;
  const { objects, imports } = await trackedData(request);
  const imported = await fetchImports({ project, cache: openCache(project), jobs }, imports);
  if (objects.length === 0 && imports.length > 0 && !request.runCache) return imported;
  const own = await transfer(request, objects, { objects: pullObjects, runs: pullRuns, layouts: together });
  return {
    transferred: own.transferred + imported.transferred,
    missing: [...own.missing, ...imported.missing],
    failed: [...own.failed, ...imported.failed],
  };
}

/** The error where files failed. */
export function transferFailed({ failed }: TransferOutcome, verb: "upload" | "download"): SweeplineError {
  const [first] = failed;
  return new SweeplineError({
    code: "TRANSFER_FAILED",
    message: `${failed.length} file${failed.length === 1 ? "" : "s"} failed to ${verb}: ${first?.message ?? ""}`,
  });
}
