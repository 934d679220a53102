/**
 * Many files hashed, or put into the cache, by worker threads side by side. What a thread can't do is left to the caller, who
 * then fails by its own error. Inside an experiment's thread there are no further ones: its neighbours use the other cores.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { Piscina } from "piscina";
import { isSystemError } from "../base/errors.ts";
import type { BigIntStats } from "../base/files.ts";
import { needDescriptors } from "../base/open-files.ts";
import type { Cache } from "./cache.ts";
import type { FileRecord } from "./state.ts";

/** Only hashed, or put into the cache as well. */
export type HashWork = "hash" | "store";

export interface WorkTask {
  readonly work: HashWork;
  readonly cache: Pick<Cache, "root" | "folder" | "sharing">;
  readonly files: readonly string[];
}

export interface WorkDone {
  readonly md5: string;
  /** What is to be remembered, by path. */
  readonly records: readonly (readonly [file: string, record: FileRecord])[];
  /** Whether the cache had an object of that name already: whether it is sound, the caller knows. */
  readonly wasThere: boolean;
}

export interface StatedFile {
  readonly file: string;
  readonly stats: BigIntStats;
}

/**
 * Less is done before the threads are there. Only bytes count: of small files most is the system's work in the cache's
 * folders, where threads wait for each other (measured: 10,000 files of 200 bytes are quicker by one thread).
 */
const manyBytes = 96 << 20;
const filesAtOnce = 128;
const bytesAtOnce = 16 << 20;
const mostThreads = 8;
const descriptorsOfThread = 16;

function isWorthIt(files: readonly StatedFile[]): boolean {
  return files.length > 1 && files.reduce((sum, { stats }) => sum + Number(stats.size), 0) >= manyBytes;
}

/** What one thread does before it is asked again. */
function* partsOf(files: readonly StatedFile[]): Generator<readonly string[]> {
  let part: string[] = [];
  let bytes = 0;
  for (const { file, stats } of files) {
    part.push(file);
    bytes += Number(stats.size);
    if (part.length < filesAtOnce && bytes < bytesAtOnce) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

/** The threads of one call, started when there is enough to do. */
export class Helpers {
  private pool: Piscina | undefined;

  /** What was done, by file; what is missing the caller does. */
  async do(work: HashWork, cache: Cache, files: readonly StatedFile[]): Promise<ReadonlyMap<string, WorkDone>> {
    const pool = isWorthIt(files) ? this.threads() : undefined;
    if (pool === undefined) return new Map();
    const { root, folder, sharing } = cache;
    const parts = [...partsOf(files)].map(async (part) => {
      const task: WorkTask = { work, cache: { root, folder, sharing }, files: part };
      const done: readonly (WorkDone | undefined)[] = await pool.run(task);
      return part.flatMap((file, at): [string, WorkDone][] => {
        const each = done[at];
        return each === undefined ? [] : [[file, each]];
      });
    });
    return new Map((await Promise.all(parts)).flat());
  }

  private threads(): Piscina | undefined {
    const count = Math.min(availableParallelism(), mostThreads);
    if (this.pool !== undefined || count < 2 || !isMainThread) return this.pool;
    try {
      needDescriptors(count * descriptorsOfThread);
    } catch (error) {
      if (!isSystemError(error, "EMFILE", "ENFILE")) throw error;
      return undefined;
    }
    // Loaded at the first use: few commands have so much to hash.
    const piscina: typeof import("piscina") = createRequire(import.meta.url)("piscina");
    this.pool = new piscina.Piscina({
      filename: new URL("../bin/store-worker.js", import.meta.url).href,
      name: "work",
      minThreads: count,
      maxThreads: count,
      atomics: "disabled",
    });
    return this.pool;
  }

  async close(): Promise<void> {
    await this.pool?.destroy();
  }
}
