/** The entry of a thread that hashes files and puts them into the cache (side-by-side.ts). */
import { isExpected } from "../base/errors.ts";
import { statSync } from "../base/files.ts";
import { joinTrace } from "../base/trace/worker.ts";
import { ignoreRules } from "../project/ignore-rules.ts";
import type { Cache } from "./cache.ts";
import { processFile } from "./data.ts";
import type { WorkDone, WorkTask } from "./side-by-side.ts";
import { type FileRecord, type FileState, memoryState } from "./state.ts";

/** What this thread does is told where its process tells it. */
const traced = joinTrace();

/** Remembers for the caller, who has the state; an object that lies there is left alone, and told. */
class TaskState implements FileState {
  readonly digests = memoryState().digests;
  readonly records: (readonly [string, FileRecord])[] = [];
  wasThere = false;

  constructor(private readonly objects: string) {}

  get(file: string): FileRecord | undefined {
    if (!file.startsWith(this.objects)) return undefined;
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    this.wasThere = true;
    const md5 = file.slice(-33).replace(/[/\\]/, "");
    return { inode: stats.ino, mtimeNs: stats.mtimeNs, size: stats.size, md5, hashedAtMs: Number.POSITIVE_INFINITY };
  }

  set(file: string, record: FileRecord): void {
    this.records.push([file, record]);
  }

  close(): void {}
}

/** What became of each file of the task, in its order; undefined where it could not be read or stored. */
export async function work({ work, cache, files }: WorkTask): Promise<readonly (WorkDone | undefined)[]> {
  await traced;
  const kept = {
    linkTypes: [],
    rules: ignoreRules(cache.root),
    knownFolders: new Set<string>(),
    probedLinks: new Map(),
  };
  const done: (WorkDone | undefined)[] = [];
  for (const file of files) {
    const state = new TaskState(cache.folder);
    const own: Cache = { ...cache, ...kept, state };
    try {
      const md5 = await processFile(own, file, work);
      done.push({ md5, records: state.records, wasThere: state.wasThere });
    } catch (error) {
      if (!isExpected(error)) throw error;
      done.push(undefined);
    }
  }
  return done;
}
