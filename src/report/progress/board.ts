/**
 * The drawing side of a terminal's progress: keeps the rows that listr2's tasks feed, and draws them at most twenty
 * times a second. Events only change data; a timer that does not keep the process alive looks at it.
 */
import { answering, dieBy } from "../../base/trace/signal-watchers.ts";
import { liveLines, type Paints, type RunningRow } from "./live-lines.ts";
import { type Line, LiveRegion, type TerminalSize } from "./live-region.ts";
import type { Tally } from "./tally.ts";

const frameMs = 50;
/** A run that is over sooner is not worth a drawing. */
const quietMs = 250;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface BoardFacts {
  readonly stdout: NodeJS.WriteStream;
  readonly write: (text: string) => void;
  readonly tally: Tally;
  readonly paints: Paints;
  /** Turns the spinner to its next picture; called every second frame. */
  readonly spin: () => void;
}

export class Board {
  readonly #facts: BoardFacts;
  readonly #region: LiveRegion;
  readonly #rows = new Set<() => RunningRow>();
  #above: Line[] = [];
  readonly #createdAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #frames = 0;

  constructor(facts: BoardFacts) {
    this.#facts = facts;
    this.#region = new LiveRegion(facts.write);
    this.#timer = setInterval(() => this.#frame(), frameMs).unref();
    // Should the process end without close(): nothing that was told is lost, and the cursor is back.
    process.once("exit", this.#restore);
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** Shows a row until the returned function is called. The row is asked for when it is drawn. */
  show(row: () => RunningRow): () => void {
    this.#rows.add(row);
    return () => this.#rows.delete(row);
  }

  /** A line that stays, and scrolls away above the rows. */
  persist(line: Line): void {
    this.#above.push(line);
  }

  close(): void {
    clearInterval(this.#timer);
    process.removeListener("exit", this.#restore);
    for (const signal of signals) process.removeListener(signal, this.#onSignal);
    this.#restore();
  }

  #size(): TerminalSize {
    // A terminal may say 0 before it knows its size.
    return { columns: this.#facts.stdout.columns || 80, rows: this.#facts.stdout.rows || 24 };
  }

  #takeAbove(): Line[] {
    const above = this.#above;
    this.#above = [];
    return above;
  }

  #frame(): void {
    const now = Date.now();
    if (now - this.#createdAt < quietMs) return;
    this.#frames += 1;
    if (this.#frames % 2 === 0) this.#facts.spin();
    const size = this.#size();
    const rows = [...this.#rows].map((row) => row());
    const { tally, paints } = this.#facts;
    this.#region.draw(this.#takeAbove(), liveLines({ rows, tally, now, size, paints }), size);
  }

  readonly #restore = (): void => {
    this.#region.finish(this.#takeAbove(), this.#size());
  };

  /** Where nobody else handles the signal it ends the process, as it would have without us. */
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (answering(signal) > 1) return;
    this.close();
    dieBy(signal);
  };
}
