/** What the page shows, and what of it is another since the last look. */
import { backgroundCoordinator } from "../experiments/coordinator/facts.ts";
import type { FilterRow } from "../experiments/find/filter-row.ts";
import { collectAll } from "../experiments/find/find.ts";
import { listQueue } from "../experiments/queue/entries.ts";
import type { LoadedRevision } from "../experiments/reading/load-revisions.ts";
import type { Baseline } from "../experiments/reading/types.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { failureLogs } from "../experiments/show/failure-logs.ts";
import type { ObjectId } from "../git/ids.ts";
import type { PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import type { PageQueue, PageUpdate } from "../report/page/live-contract.ts";
import { type PageTable, pageEffects, pageFailures, pageTable } from "../report/page/page-data.ts";
import { LiveCurves } from "./live-curves.ts";
import { type Running, readRunning, runningLog, withRunning } from "./running.ts";

export type PageNews =
  | { readonly kind: "nothing" }
  | { readonly kind: "update"; readonly update: PageUpdate }
  /** There are other columns: the page asks for all of it. */
  | { readonly kind: "reload" };

/** Of those that wait, so many are told in their order. */
const mostWaiting = 200;

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const keysOf = (columns: readonly PageColumn[]) => columns.map(({ key }) => key).join("\n");

/** A failed entry may have the name of a finished experiment of its baseline: no two rows have one id. */
function withOwnIds(rows: readonly PageRow[]): readonly PageRow[] {
  const times = new Map<string, number>();
  return rows.map((row) => {
    const time = (times.get(row.id) ?? 0) + 1;
    times.set(row.id, time);
    return time === 1 ? row : { ...row, id: `${row.id}#${time}` };
  });
}

type Table = PageTable & { readonly running: Running };
type News = Omit<PageUpdate, "madeAt">;

const noNews: News = { rows: [], removed: [] };

function changeOf({ rows, removed, ...others }: News): PageNews {
  if (rows.length + removed.length + Object.keys(others).length === 0) return { kind: "nothing" };
  return { kind: "update", update: { madeAt: Math.floor(Date.now() / 1000), rows, removed, ...others } };
}

export class LiveState {
  readonly #kept = new Map<ObjectId, LoadedRevision>();
  readonly #logs = new Map<string, string>();
  readonly #curves: LiveCurves;
  #baselines: readonly Baseline[] = [];
  #rows: ReadonlyMap<string, FilterRow> = new Map();
  #texts: ReadonlyMap<string, string> = new Map();
  #shown: Pick<PageData, "columns" | "rows" | "effects" | "failures"> = {
    columns: [],
    rows: [],
    effects: [],
    failures: [],
  };
  #queue: PageQueue = { workers: null, waiting: [] };
  /** For which finished experiments effects and curves were read. */
  #finished = "";

  constructor(
    private readonly context: ExperimentsContext,
    private readonly facts: Pick<PageData, "title" | "madeBy">,
  ) {
    this.#curves = new LiveCurves(context);
  }

  get page(): PageData {
    return { ...this.facts, madeAt: Math.floor(Date.now() / 1000), ...this.#shown, curves: this.#curves.all };
  }

  get queue(): PageQueue {
    return this.#queue;
  }

  /** What a row of the page is; undefined where it is gone. */
  rowOf(id: string): FilterRow | undefined {
    return this.#rows.get(id);
  }

  /** The logs of those that run. */
  runningLogs(): readonly string[] {
    return this.#baselines.flatMap(({ experiments }) =>
      experiments.flatMap((experiment) => runningLog(experiment) ?? []),
    );
  }

  /** Reads refs, queue and records. Errors: those of `exp show`. */
  async read(): Promise<PageNews> {
    this.#baselines = await collectAll(this.context, this.#kept);
    const table = this.#table();
    const queue = await this.#readQueue(table.rows);
    const isOther = !isSame(queue, this.#queue);
    this.#queue = queue;
    return this.#compared(table, isOther ? { queue } : {});
  }

  /** Looks only at what running experiments wrote. */
  look(): PageNews {
    return this.#compared(this.#table(), {});
  }

  /** What takes its time: effects and curves, where something has finished since the last call. Errors: those of `plots diff`. */
  async readSlowly(): Promise<PageNews> {
    const finished = [...this.#rows.values()].filter(({ facts }) => facts.state === "success");
    const mark = finished.map(({ facts }) => facts.commit).join("\n");
    if (mark === this.#finished) return { kind: "nothing" };
    this.#finished = mark;
    const curves = await this.#curves.readFinished(this.#baselines, this.#rows);
    const { found } = this.#table();
    const effects = pageEffects(found.rows, found.columns);
    const isOther = !isSame(effects, this.#shown.effects);
    this.#shown = { ...this.#shown, effects };
    return changeOf({ ...noNews, ...(isOther ? { effects } : {}), ...(curves.length > 0 ? { curves } : {}) });
  }

  async #readQueue(rows: readonly PageRow[]): Promise<PageQueue> {
    const workers = backgroundCoordinator(this.context.state);
    const queued = rows.filter(({ state }) => state === "queued");
    const { entries } = queued.length > 0 ? await listQueue(this.context) : { entries: [] };
    const places = new Map<string, number>(entries.map(({ commit }, at) => [commit, at]));
    const placeOf = ({ commit }: PageRow) => places.get(commit) ?? entries.length;
    const waiting = queued.sort((a, b) => placeOf(a) - placeOf(b)).slice(0, mostWaiting);
    return {
      workers: workers === undefined ? null : { jobs: workers.jobs, state: workers.state },
      waiting: waiting.map(({ id }) => id),
    };
  }

  #table(): Table {
    const running = readRunning(this.#baselines);
    const table = pageTable(withRunning(this.#baselines, running));
    const rows = table.rows.map((row) => {
      const stage = row.state === "running" ? running.get(row.commit)?.stage : undefined;
      return stage === undefined ? row : { ...row, stage };
    });
    return { ...table, rows: withOwnIds(rows), running };
  }

  #compared({ found, columns, rows, running }: Table, more: Pick<PageUpdate, "queue">): PageNews {
    const before = this.#shown;
    const texts = new Map(rows.map((row) => [row.id, JSON.stringify(row)]));
    const changed = rows.filter(({ id }) => texts.get(id) !== this.#texts.get(id));
    const removed = [...this.#texts.keys()].filter((id) => !texts.has(id));
    const hasNews = changed.length + removed.length > 0;
    this.#texts = texts;
    this.#rows = new Map(
      rows.flatMap(({ id }, at) => (found.rows[at] === undefined ? [] : [[id, found.rows[at]] as const])),
    );
    const curves = this.#curves.look(rows, running);
    const failures = hasNews ? pageFailures(found.rows, this.#readLogs()) : before.failures;
    this.#shown = { ...before, columns, rows, failures };
    if (keysOf(columns) !== keysOf(before.columns)) return { kind: "reload" };
    return changeOf({
      rows: changed,
      removed,
      ...(isSame(columns, before.columns) ? {} : { columns }),
      ...(curves.length > 0 ? { curves } : {}),
      ...(isSame(failures, before.failures) ? {} : { failures }),
      ...more,
    });
  }

  /** The ends of the logs of failed ones: each is read once, as long as it is failed. */
  #readLogs(): ReadonlyMap<string, string> {
    const isUnread = (rev: string) => !this.#logs.has(rev);
    const failed = new Set<string>();
    const unread = this.#baselines.map((baseline) => ({
      ...baseline,
      experiments: baseline.experiments.filter(({ executor, revs: [{ rev }] }) => {
        if (executor?.state === "failed") failed.add(rev);
        return executor?.state === "failed" && isUnread(rev);
      }),
    }));
    for (const commit of this.#logs.keys()) if (!failed.has(commit)) this.#logs.delete(commit);
    for (const [commit, log] of failureLogs(unread)) this.#logs.set(commit, log);
    return this.#logs;
  }
}
