/** Files from one place to another in one process of rclone, each told as it ends. */
import { SweeplineError } from "../../base/errors.ts";
import { callRclone, type LogLine, type RcloneRemote } from "../rclone/call.ts";
import { maskedWords } from "../rclone/failures.ts";
import type { ByteProgress } from "./types.ts";

export interface Copying {
  readonly remote: RcloneRemote;
  readonly jobs: number;
  bytes?(state: ByteProgress): void;
  /** The error of a request that failed as a whole. */
  fail(words: string): SweeplineError;
}

type Way = "copy" | "move" | "replace" | "move folder";

/** Of a copy: a link stands for an object that lies elsewhere; all bytes are compared with their hash where they are needed. */
const flags: Readonly<Record<Way, readonly string[]>> = {
  copy: ["--copy-links", "--no-check-dest", "--ignore-checksum"],
  move: ["--no-check-dest"],
  replace: ["--size-only"],
  "move folder": ["--size-only"],
};

export interface CopyTask {
  /** As rclone names places: a folder here, or `remote:path`. */
  readonly from: string;
  readonly to: string;
  readonly keys: readonly string[];
  /**
   * Default: copy. move: nothing is looked up where the files go to, and one that is there may be an error. replace: moved
   * too, once it is known what is there. move folder: all of `from`, in one step where `to` is not there; `keys` are the
   * files in it.
   */
  readonly way?: Way;
  /** What is said of a file that is not where it should come from. */
  readonly missing: string;
}

type Done = (key: string, failure?: Error) => Promise<void> | void;

/** What rclone says of a file that has arrived. */
const arrived = /^(Copied|Moved|Renamed|Multi-thread Copied)/;

/** The files that ended so far, and what went wrong with others. */
class Files {
  private readonly open: Set<string>;
  private readonly wrong = new Map<string, string>();
  private told: Promise<void> = Promise.resolve();

  constructor(
    keys: readonly string[],
    private readonly done: Done,
  ) {
    this.open = new Set(keys);
  }

  /** One after the other: what is done with a file takes no more memory than one of them. */
  private tell(key: string, failure?: Error): void {
    if (!this.open.delete(key)) return;
    this.told = this.told.then(() => this.done(key, failure));
    // Looked at in the end: rclone still writes.
    this.told.catch(() => undefined);
  }

  take({ object, level, msg }: LogLine): void {
    if (object === undefined || !this.open.has(object)) return;
    if (level === "error") this.wrong.set(object, msg);
    else if (arrived.test(msg)) this.tell(object);
  }

  end(how: { readonly isWhole: boolean; readonly failureOf: (key: string, words: string | undefined) => Error }): void {
    for (const key of [...this.open]) {
      const words = this.wrong.get(key);
      this.tell(key, words === undefined && how.isWhole ? undefined : how.failureOf(key, words));
    }
  }

  settled(): Promise<void> {
    return this.told;
  }

  get count(): number {
    return this.open.size;
  }
}

/** Tells bytes of the log's lines. */
function tellBytes({ bytes }: Copying, { stats }: LogLine): void {
  if (stats === undefined) return;
  bytes?.({
    bytes: stats.bytes,
    totalBytes: stats.totalBytes,
    bytesPerSecond: stats.speed,
    secondsLeft: stats.eta,
  });
}

/** Throws where the request failed before any file did: a wrong key, no server. Else each file ends with `done`. */
export async function copyFiles(copying: Copying, task: CopyTask, done: Done): Promise<void> {
  const { remote, jobs, fail } = copying;
  const files = new Files(task.keys, done);
  const { way = "copy" } = task;
  const isMove = way !== "copy";
  const end = await callRclone(remote, {
    args: [
      isMove ? "move" : "copy",
      "-v",
      "--stats=1s",
      "--stats-log-level=NOTICE",
      `--transfers=${jobs}`,
      `--checkers=${jobs}`,
      ...flags[way],
      task.from,
      task.to,
    ],
    ...(way === "move folder" ? {} : { files: task.keys }),
    onLine(line) {
      files.take(line);
      if (!isMove) tellBytes(copying, line);
    },
  });
  const isFailed = end.exitCode !== 0;
  const everything = files.count === task.keys.length;
  files.end({
    isWhole: isMove && !isFailed,
    failureOf(key, words) {
      if (words !== undefined) return fail(maskedWords(words, remote.target.secrets));
      if (isFailed) return fail(end.words);
      return new SweeplineError({ code: "REMOTE_FILE_MISSING", message: `'${key}' ${task.missing}` });
    },
  });
  await files.settled();
  if (isFailed && everything && task.keys.length > 1 && way !== "move") throw fail(end.words);
}
