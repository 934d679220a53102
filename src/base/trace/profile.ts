/**
 * A profile in the Trace Event Format, for chrome://tracing and ui.perfetto.dev. Its events go to the file one by one and
 * from all threads, so that it holds everything up to a crash, however sudden: the format does without the closing bracket.
 */
import { threadId } from "node:worker_threads";
import { writeLine } from "../open-files.ts";
import { Lanes } from "./lanes.ts";

/** What all threads of a profile share. Plain data: it is handed to worker threads. */
export interface ProfileSettings {
  /** Of the open file; threads share descriptors. */
  readonly descriptor: number;
  /** [whether the file is complete, how many threads write now] */
  readonly gate: Int32Array<SharedArrayBuffer>;
}

export interface ProfiledSpan {
  readonly name: string;
  readonly topic: string;
  /** Milliseconds since the process began. */
  readonly start: number;
  readonly end: number;
  readonly lane: number;
  readonly detail: string;
}

const micros = (ms: number) => Math.round(ms * 1000);

/** Numbers of lines are one to a process: this many to a thread. */
const lanesOfThread = 10_000;

export class Profile {
  readonly lanes = new Lanes();
  private readonly named = new Set<number>();

  constructor(private readonly settings: ProfileSettings) {}

  span({ name, topic, start, end, lane, detail }: ProfiledSpan): void {
    const tid = this.lineOf(this.lanes.place(lane, { start, end }));
    this.write({
      name,
      cat: topic,
      ph: "X",
      ts: micros(start),
      dur: micros(end) - micros(start),
      tid,
      args: { detail },
    });
  }

  instant({ name, topic, start, lane, detail }: Omit<ProfiledSpan, "end">): void {
    this.write({ name, cat: topic, ph: "i", s: "t", ts: micros(start), tid: this.lineOf(lane), args: { detail } });
  }

  /** Completes the file: nothing is written after that, by no thread. */
  close(command: string): void {
    const { gate, descriptor } = this.settings;
    if (Atomics.exchange(gate, 0, 1) === 1) return;
    // A thread that was ended while it wrote never leaves.
    for (let tries = 0; Atomics.load(gate, 1) > 0 && tries < 100; tries++) Atomics.wait(gate, 0, 1, 1);
    const name = { ph: "M", name: "process_name", pid: process.pid, tid: 0, args: { name: command } };
    writeLine(descriptor, `${JSON.stringify(name)}\n]\n`);
  }

  private lineOf(lane: number): number {
    const tid = threadId * lanesOfThread + lane;
    if (this.named.has(tid)) return tid;
    this.named.add(tid);
    const thread = threadId === 0 ? "main" : `worker ${threadId}`;
    const name = lane === 0 ? thread : `${thread}, beside (${lane})`;
    this.write({ ph: "M", name: "thread_name", tid, args: { name } });
    this.write({ ph: "M", name: "thread_sort_index", tid, args: { sort_index: tid } });
    return tid;
  }

  private write(event: Readonly<Record<string, unknown>>): void {
    const { gate, descriptor } = this.settings;
    Atomics.add(gate, 1, 1);
    try {
      const text = JSON.stringify({ ...event, pid: process.pid });
      if (Atomics.load(gate, 0) === 0) writeLine(descriptor, `${text},\n`);
    } finally {
      Atomics.sub(gate, 1, 1);
    }
  }
}
