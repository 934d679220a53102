/** `exp list`: experiments by baseline, without reading what they hold. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { noCommits } from "../../git/repository.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";
import { byBaseline, remoteExperiments } from "./listing.ts";
import { chooseCommits, commitNamer, headOnly, readNames, revisionResolver } from "./revisions.ts";

export interface ListRequest {
  /** A Git remote or URL; undefined: this repository. */
  readonly remote: string | undefined;
  readonly baselines: "all" | { readonly revs: readonly string[]; readonly count: number };
}

export interface ListedGroup {
  readonly baseline: ObjectId;
  /** The branch or tag that the baseline is called by. */
  readonly name: string | null;
  /** Sorted by name. In a remote the commits may not be here: their ids are not shown. */
  readonly experiments: readonly { readonly name: string; readonly commit: ObjectId; readonly isLocal: boolean }[];
}

/** The baselines with experiments: HEAD's first, the others as their refs are sorted. Errors: UNKNOWN_REVISION, INVALID_REMOTE. */
export async function listExperiments(
  context: ExperimentsContext,
  request: ListRequest,
): Promise<readonly ListedGroup[]> {
  const objects = new CatFile(context.repository);
  try {
    return await listWith(context, request, objects);
  } finally {
    objects.close();
  }
}

async function listWith(
  context: ExperimentsContext,
  { remote, baselines }: ListRequest,
  objects: CatFile,
): Promise<readonly ListedGroup[]> {
  const head = (await objects.read("HEAD^{commit}"))?.id;
  if (head === undefined && remote === undefined) throw noCommits();
  const [names, local] = await Promise.all([readNames(context.repository, head), listFinished(context)]);
  const listed = remote === undefined ? local : await remoteExperiments(context.repository, remote);
  const resolve = revisionResolver(objects, local, head);
  const wanted =
    baselines === "all"
      ? undefined
      : new Set(
          (await chooseCommits(context.repository, { ...headOnly, ...baselines }, { names, resolve })).map(
            ({ id }) => id,
          ),
        );
  const groups = [...byBaseline(listed)].filter(([baseline]) => wanted?.has(baseline) ?? true);
  const nameOf = commitNamer(names);
  groups.sort(([a], [b]) => Number(b === head) - Number(a === head));
  return groups.map(([baseline, experiments]) => ({
    baseline,
    name: nameOf(baseline),
    experiments: experiments.map(({ name, commit }) => ({ name, commit, isLocal: remote === undefined })),
  }));
}
