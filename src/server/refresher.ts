/** When the state of the page is read anew: soon after a change, never more often than it can be borne, and not at all while nobody looks. */
import { isExpected } from "../base/errors.ts";
import { Sequence } from "../base/promises.ts";
import { FolderWatch } from "../base/watch/folder-watch.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { LiveState, PageNews } from "./live-state.ts";
import { markOf, type Touched, touchedBy, watchedFolders } from "./places.ts";

/** Changes come in flocks. */
const settleMs = 60;
/** For each second of reading so many seconds of rest. */
const restFactor = 3;
const slowRestFactor = 15;
const slowSettleMs = 800;
const retryMs = 2_000;
/** For what no watch tells: other file systems, runners that were killed. */
const lookAnywayMs = 10_000;

interface Listener {
  told(change: PageNews): void;
  /** It could not be read, and is tried again. */
  failed(error: Error): void;
  /** Whether somebody listens. */
  isHeard(): boolean;
}

export class Refresher {
  readonly #watch: FolderWatch;
  #due: Touched = "all";
  #folders: ReadonlySet<string> = new Set();
  #mark = "";
  #timer: NodeJS.Timeout | undefined;
  #slowTimer: NodeJS.Timeout | undefined;
  #anyway: NodeJS.Timeout | undefined;
  readonly #work = new Sequence();
  #costMs = 0;
  #slowCostMs = 0;
  #state: "nobody looks" | "looked at" = "nobody looks";

  constructor(
    private readonly context: ExperimentsContext,
    private readonly live: LiveState,
    private readonly listener: Listener,
  ) {
    this.#watch = new FolderWatch((folder, name) => this.touch(touchedBy(context, folder, name)));
  }

  #startLooking(): void {
    if (this.#state === "looked at") return;
    this.#state = "looked at";
    this.#due = "all";
    this.#anyway = setInterval(() => this.#lookAnyway(), lookAnywayMs);
    this.#anyway.unref();
  }

  /** Reads before anybody looks, so that who opens the page within some seconds waits for less. */
  readAhead(): void {
    this.#startLooking();
    this.#plan(0);
  }

  /** Somebody looks: waits until what they get is of now. Errors: those of `exp show`. */
  async begin(): Promise<void> {
    this.#startLooking();
    await this.#work.add(() => (this.#due === "all" ? this.#read() : Promise.resolve()));
  }

  /** Nobody looks any more. */
  rest(): void {
    this.#state = "nobody looks";
    this.#watch.close();
    for (const timer of [this.#timer, this.#slowTimer, this.#anyway]) clearTimeout(timer);
    this.#timer = undefined;
    this.#slowTimer = undefined;
  }

  touch(touched: Touched): void {
    if (touched === "nothing" || this.#state === "nobody looks") return;
    if (this.#due !== "all") this.#due = touched;
    this.#plan(Math.max(settleMs, restFactor * this.#costMs));
  }

  #plan(ms: number): void {
    this.#timer ??= setTimeout(() => {
      void this.#work.add(() => this.#tryToRead());
    }, ms).unref();
  }

  async #tryToRead(): Promise<void> {
    this.#timer = undefined;
    try {
      await this.#read();
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.listener.failed(error);
      this.#due = "all";
      if (this.#state === "looked at") this.#plan(retryMs);
    }
  }

  async #read(): Promise<void> {
    const due = this.#due;
    if (due === "nothing") return;
    this.#due = "nothing";
    const start = performance.now();
    // First: what changes while it is read is seen again.
    if (due === "all") this.#watchFolders();
    const change = due === "all" ? await this.live.read() : this.live.look();
    // Those that run now have folders of their own.
    if (due === "all") this.#watchFolders();
    this.#costMs = performance.now() - start;
    this.listener.told(change);
    if (due === "all") this.#planSlow();
  }

  #watchFolders(): void {
    if (this.#state === "nobody looks") return;
    this.#folders = watchedFolders(this.context, this.live.runningLogs());
    this.#mark = markOf(this.#folders);
    this.#watch.set(this.#folders);
  }

  #planSlow(): void {
    if (this.#slowTimer !== undefined || this.#state === "nobody looks") return;
    const ms = Math.max(slowSettleMs, slowRestFactor * this.#slowCostMs);
    this.#slowTimer = setTimeout(() => {
      this.#slowTimer = undefined;
      // What was read ahead is looked at by nobody yet; a page comes first.
      if (!this.listener.isHeard()) return this.#planSlow();
      void this.#work.add(() => this.#readSlowly());
    }, ms).unref();
  }

  async #readSlowly(): Promise<void> {
    const start = performance.now();
    try {
      this.listener.told(await this.live.readSlowly());
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.listener.failed(error);
    }
    this.#slowCostMs = performance.now() - start;
  }

  #lookAnyway(): void {
    // Who asked for the page and never listened has gone.
    if (!this.listener.isHeard()) {
      this.rest();
      return;
    }
    const hasChanged = markOf(watchedFolders(this.context, this.live.runningLogs())) !== this.#mark;
    // Whoever ran them may have died without a trace.
    if (hasChanged || this.live.runningLogs().length > 0) this.touch("all");
  }
}
