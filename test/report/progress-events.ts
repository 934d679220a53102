/** A recorded run for the tests of progress, and streams that keep what is written to them. */
import { Writable } from "node:stream";
import type { Value } from "../../src/base/value.ts";
import type { RunEvent } from "../../src/experiments/events.ts";

const first = { name: "lively-otter", sequence: 1, overrides: ["lr=0.1", "units=64"] };
const second = { name: "dull-\u001b[31mred\u001b[0m\u0007", sequence: 2, overrides: ["note=a\nb"] };
const third = { name: "calm-crow", sequence: 3, overrides: [] };

const metrics: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["loss", 0.123456789],
  ["steps", 12n],
  ["big", 2n ** 60n],
  ["nan", Number.NaN],
  ["name", "a\u001b]0;title\u0007b"],
  ["layers", [1n, new Map([["k", 1.5]])]],
]);

const message = "stage 'train' failed: sh src/train.sh, exited with 3";
const failure = { code: "STAGE_FAILED", stage: "train", command: "sh src/train.sh", exitCode: 3 } as const;
const log = ".dvc/tmp/exps/run/two.log";

export const recordedRun: readonly RunEvent[] = [
  { type: "planned", total: 3, jobs: 2, at: 1000 },
  { type: "started", experiment: first, log: "one.log", at: 1000 },
  { type: "started", experiment: second, log, at: 1010 },
  { type: "stage", name: first.name, stage: "train", action: "running", at: 1020 },
  { type: "finished", experiment: first, commit: "a".repeat(40), metrics, elapsedMs: 1234, at: 2234 },
  { type: "started", experiment: third, log: "three.log", at: 2240 },
  { type: "failed", experiment: second, message, ...failure, log, elapsedMs: 61_000, at: 62_010 },
  { type: "interrupting", cause: "request", at: 62_020 },
  { type: "requeued", experiment: third, reason: "interrupted", at: 62_030 },
  {
    type: "summary",
    succeeded: [first.name],
    failed: [{ name: second.name, message, ...failure, log }],
    requeued: [third.name],
    queued: 1,
    elsewhere: { running: 0, failed: 0, succeeded: 0 },
    elapsedMs: 61_040,
    at: 62_040,
  },
];

/** A stream that keeps each write. With a size it claims to be a terminal. */
export class KeptStream extends Writable {
  readonly writes: string[] = [];
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  #onWrite: () => void = () => {};

  constructor(size?: { readonly columns: number; readonly rows: number }) {
    super();
    this.isTTY = size !== undefined;
    this.columns = size?.columns;
    this.rows = size?.rows;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString("utf8"));
    done();
    this.#onWrite();
  }

  get text(): string {
    return this.writes.join("");
  }

  /** Settles when that text has been written. */
  wrote(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#onWrite = () => {
        if (this.text.includes(text)) resolve();
      };
      this.#onWrite();
    });
  }

  /** As the type that process.stdout has; only what a stream writes, and its size, is used. */
  asOutput(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }
}
