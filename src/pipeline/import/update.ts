/** `update`: imported data as it is at its source now. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isList, isMap, type ValueMap } from "../../base/value.ts";
import type { Project } from "../../project/project.ts";
import type { Cache } from "../../store/cache.ts";
import { checkoutData } from "../../store/checkout.ts";
import { bucketVersion } from "../../store/remotes/bucket-data.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import { type DataStage, settingsIn } from "../reading/data-stage.ts";
import { loadProjectStages } from "../reading/project-stages.ts";
import { chooseStages } from "../reading/targets.ts";
import { type Fetching, fetchFor, fetchOrigin, type ImportOrigin, originOf } from "./import.ts";
import { type SourceFacts, updateImportFile } from "./import-file.ts";
import type { RemoteDestination } from "./to-remote.ts";

export interface UpdateRequest {
  readonly project: Project;
  readonly cache: Cache;
  readonly folder: string;
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** Of repositories: follow this revision from now on. */
  readonly rev: string | undefined;
  readonly fetching: Fetching;
  /** The data goes there instead, and the workspace stays as it is. */
  readonly toRemote: RemoteDestination | undefined;
  readonly jobs: number | undefined;
  readonly lock: WorkspaceLock;
  /** Told before data is fetched to here, and where there is nothing new. */
  importing(from: string, to: string): void;
  unchanged(file: string): void;
}

function firstDependency(value: ValueMap): ValueMap | undefined {
  const deps = value.get("deps");
  const first = isList(deps) ? deps[0] : undefined;
  return isMap(first) ? first : undefined;
}

const textAt = (map: ValueMap, key: string) => {
  const value = map.get(key);
  return typeof value === "string" ? value : undefined;
};

function sourceOf(
  { stage, value }: DataStage,
  rev: string | undefined,
): { readonly origin: ImportOrigin; readonly known: string | undefined } {
  const dep = firstDependency(value);
  const name = dep === undefined ? undefined : textAt(dep, "path");
  if (dep === undefined || name === undefined)
    throw new SweeplineError({
      code: "NOT_AN_IMPORT",
      message: `update is not supported for '${stage.file}': it is no import`,
      hint: "`sweepline commit` records data that was changed here.",
    });
  const repo = dep.get("repo");
  if (!isMap(repo)) {
    if (rev !== undefined)
      throw new SweeplineError({
        code: "BAD_OPTIONS",
        message: "--rev goes with data of repositories only",
        exitCode: 255,
      });
    return { origin: originOf(name), known: textAt(dep, "md5") ?? textAt(dep, "etag") ?? textAt(dep, "checksum") };
  }
  const origin = {
    kind: "repository",
    url: textAt(repo, "url") ?? "",
    rev: rev ?? textAt(repo, "rev"),
    path: name,
    settings: settingsIn(repo),
  } as const;
  return { origin, known: textAt(repo, "rev_lock") };
}

function versionOf(source: SourceFacts): string | undefined {
  if (source.kind === "repository") return source.commit;
  if (source.kind === "path") return source.hash?.md5;
  return source.kind === "url" ? source.checksum : source.facts && bucketVersion(source.facts);
}

async function updateOne(request: UpdateRequest, data: DataStage): Promise<boolean> {
  const { project, cache } = request;
  const { stage, recorded } = data;
  const [output] = stage.outs;
  if (output === undefined) return false;
  const { origin, known } = sourceOf(data, request.rev);
  const { toRemote } = request;
  if (toRemote !== undefined && origin.kind === "repository")
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "Data imported from other DVC or Git repositories can't be updated with --to-remote",
      hint: "`sweepline update` and `sweepline push` do.",
    });
  const destination = path.resolve(stage.workingFolder, output.path);
  request.lock.refuseBusy({ reads: [], writes: [destination] });
  const fetch = { project, cache, jobs: request.jobs, folder: stage.workingFolder };
  const from = origin.kind === "repository" ? `${origin.path} (${origin.url})` : origin.path;
  // Which remote has it is not recorded: one that is named gets it, as by DVC.
  const mayBeKnown = request.rev === undefined && toRemote === undefined;
  if (known !== undefined && recorded.outs[0]?.md5 !== "" && mayBeKnown) {
    const { source } = await fetchOrigin({ ...fetch, fetching: "facts" }, origin);
    if (versionOf(source) === known) {
      request.unchanged(stage.file);
      return false;
    }
  }
  if (toRemote === undefined) request.importing(from, path.relative(request.folder, destination));
  const { source, hash } = await fetchFor({ ...fetch, fetching: request.fetching }, toRemote, origin);
  if (hash !== undefined && toRemote === undefined) await checkoutData(cache, hash, destination);
  return updateImportFile(project.root, stage.file, { source, hash });
}

/** Answers the .dvc files that changed (absolute). Errors: NOT_AN_IMPORT, those of targets and of sources. */
export async function updateImports(request: UpdateRequest): Promise<readonly string[]> {
  const { project, folder, targets, recursive } = request;
  const stages = await loadProjectStages(project);
  const chosen = chooseStages(stages, { targets, folder, recursive, names: "exact" });
  const imports = chosen.flatMap(({ stage }) => {
    const data = stages.dataStages.get(stage.address);
    if (data !== undefined && (!recursive || data.stage.deps.length > 0)) return [data];
    if (recursive) return [];
    throw new SweeplineError({
      code: "NOT_AN_IMPORT",
      message: `update is not supported for '${stage.address}': it is no import`,
    });
  });
  const changed: string[] = [];
  for (const data of imports)
    if (await updateOne(request, data)) changed.push(path.join(project.root, data.stage.file));
  return changed;
}
