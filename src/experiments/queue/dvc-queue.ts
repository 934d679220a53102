/** What DVC itself has queued or seen fail: the reflogs of its stash refs. Only read, never run. */
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Repository } from "../../git/repository.ts";

export interface DvcQueueEntry {
  readonly state: "queued" | "failed";
  readonly commit: ObjectId;
  readonly baseline: ObjectId;
  readonly name: string | null;
}

/** `old new Name <mail> seconds zone TAB commit: dvc-exp:head:baseline:name` */
const linePattern = /^[0-9a-f]+ ([0-9a-f]{40,64}) [^\t]*\tcommit: dvc-exp:[0-9a-f]+:([0-9a-f]{40,64}):([^:]*)/;

function readLog(repository: Repository, ref: string, state: DvcQueueEntry["state"]): readonly DvcQueueEntry[] {
  const text = readIfExists(path.join(repository.commonDir, "logs", ref))?.toString() ?? "";
  return text.split("\n").flatMap((line) => {
    const found = linePattern.exec(line);
    if (found === null) return [];
    const name = found[3] || null;
    return [{ state, commit: found[1] as ObjectId, baseline: found[2] as ObjectId, name }];
  });
}

/** Entries of DVC's queue, in the order of queueing. */
export function listDvcQueue(repository: Repository): readonly DvcQueueEntry[] {
  return [
    ...readLog(repository, "refs/exps/celery/stash", "queued"),
    ...readLog(repository, "refs/exps/celery/failed", "failed"),
  ];
}
