/** What `--pull` fetches with: the storage remotes that outputs name. */
import { SweeplineError } from "../../base/errors.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, hasData } from "../../store/cache.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { pullRuns } from "../../store/remotes/run-cache.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import type { LockItem, Stage } from "../types.ts";
import { fetchImports } from "./imports.ts";
import type { Puller } from "./stage-run.ts";

const remoteProblems: readonly string[] = ["REMOTE_UNKNOWN", "REMOTE_UNSUPPORTED"];
// As many as the remote's settings say.
const jobs = undefined;

/** @param warning told once of each remote that can't be used */
export function openPuller(project: Project, cache: Cache, warning: (text: string) => void): Puller {
  const told = new Set<string>();
  /** A remote that can't be used is no reason not to run: it is told once. */
  const open = (name: string | undefined, subject: string): StorageRemote | undefined => {
    try {
      return openRemote(project, name);
    } catch (error) {
      if (!(error instanceof SweeplineError) || !remoteProblems.includes(error.code)) throw error;
      if (!told.has(error.message)) warning(`Failed to pull ${subject}: ${error.message}`);
      told.add(error.message);
      return undefined;
    }
  };
  return {
    async runs() {
      const remote = open(undefined, "run cache");
      if (remote !== undefined) await pullRuns(cache, remote, { jobs });
    },
    async fetch(stage, items) {
      const source = stage.importedFrom;
      if (source !== undefined) {
        const imports = items.map(({ md5 }) => ({ source, md5 }));
        const [failure] = (await fetchImports({ project, cache, jobs }, imports)).failed;
        if (failure !== undefined) warning(`Failed to pull ${stage.name}: ${failure.message}`);
        return;
      }
      for (const [name, hashes] of missingByRemote(cache, stage, items)) {
        const remote = open(name, "data");
        if (remote === undefined) continue;
        const [failure] = (await pullObjects(cache, remote, { jobs, hashes })).failed;
        if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
      }
    },
  };
}

/** The hashes that the cache lacks, by the remote that their output names. */
function missingByRemote(
  cache: Cache,
  stage: Stage,
  items: readonly LockItem[],
): ReadonlyMap<string | undefined, readonly string[]> {
  const remotes = new Map(stage.outs.map((output) => [output.path, output.remote]));
  const missing = items.filter((item) => item.md5 !== "" && !hasData(cache, item.md5));
  const groups = new Map<string | undefined, string[]>();
  for (const item of missing) {
    const remote = remotes.get(item.path);
    groups.set(remote, [...(groups.get(remote) ?? []), item.md5]);
  }
  return groups;
}
