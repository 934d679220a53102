/**
 * A search: asks for a point whenever a worker is free, queues and runs it, and tells what came of it. What it knows is what is
 * queued and finished: who runs the same line again goes on.
 */
import type { RunEvent } from "../../experiments/events.ts";
import type { LineOutcome, PointLine } from "../../experiments/make/point-line.ts";
import type { QueueEntry } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Point } from "../../sweep/types.ts";
import { type QueueOutcome, type QueueWatcher, type RunQueueRequest, runQueue } from "../run-queue.ts";
import { type KnownTrial, knownTrials, metricsByName } from "./known-trials.ts";
import { type EndedTrial, type SearchTrial, type TrialEnd, type TrialRules, Trials } from "./trials.ts";

export interface SearchPlan extends TrialRules {
  readonly sweep: string;
  readonly baseline: ObjectId;
  /** How many trials were asked for; undefined: its time alone ends the search. */
  readonly total: number | undefined;
  /** Nothing is asked for later than that; since the epoch. */
  readonly untilMs: number | undefined;
  /** Queues one point after the other. */
  openLine(): Promise<PointLine>;
}

export interface SearchOutcome {
  readonly ran: QueueOutcome;
  readonly ended: readonly EndedTrial[];
  /** The best, or of several goals those of the Pareto front. */
  readonly best: readonly EndedTrial[];
}

interface Progress {
  readonly at: number;
  readonly startedAt: number;
  /** Trials that have ended since. */
  readonly told: number;
  /** Those from before, too. */
  readonly ended: number;
}

/** Until the search is over; undefined where nothing tells. */
function timeLeft(
  { total, untilMs }: Pick<SearchPlan, "total" | "untilMs">,
  { at, startedAt, told, ended }: Progress,
): Extract<RunEvent, { type: "trial" }>["left"] {
  const byTime = untilMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, untilMs - at);
  const each = (at - startedAt) / told;
  const byTrials = total === undefined ? Number.POSITIVE_INFINITY : Math.round(each * Math.max(0, total - ended));
  const ms = Math.min(byTime, byTrials);
  return Number.isFinite(ms) ? { ms, by: byTime <= byTrials ? "time" : "trials" } : undefined;
}

function endOf(event: Extract<RunEvent, { type: "finished" | "failed" }>): Omit<TrialEnd, "name"> {
  if (event.type === "failed") return { metrics: undefined };
  const { metrics, stopped } = event;
  return { metrics, ...(stopped === undefined ? {} : { stopped }) };
}

class Search {
  readonly trials: Trials;
  /** Entries of ours: those that are to be run. */
  readonly only = new Set<number>();
  /** Trials by the number of their entry. */
  readonly #open = new Map<number, SearchTrial>();
  readonly #news: RunEvent[] = [];
  readonly #startedAt = Date.now();
  /** Trials that have ended since. */
  #told = 0;
  #line: Promise<PointLine> | undefined;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly plan: SearchPlan,
    private readonly emit: QueueWatcher["emit"],
  ) {
    this.trials = new Trials(plan);
  }

  /** What there is from before. */
  async open(): Promise<void> {
    const { sweep, baseline } = this.plan;
    for (const trial of await knownTrials(this.context, sweep, baseline)) await this.#take(trial);
  }

  async #take({ number, name, overrides, state, sequence, metrics, ...known }: KnownTrial): Promise<void> {
    const trial = { number, overrides };
    this.trials.take(trial);
    if (state !== "open") {
      await this.trials.end(trial, { ...known, name, metrics: state === "failed" ? undefined : metrics });
      return;
    }
    if (sequence === undefined) return;
    this.only.add(sequence);
    this.#open.set(sequence, trial);
  }

  hear(event: RunEvent): void {
    if (event.type === "finished" || event.type === "failed") this.#news.push(event);
  }

  /** Tells what has ended since. */
  async settle(): Promise<void> {
    for (const event of this.#news.splice(0)) {
      if (event.type !== "finished" && event.type !== "failed") continue;
      const { sequence, name } = event.experiment;
      const open = this.#open.get(sequence);
      if (open === undefined) continue;
      this.#open.delete(sequence);
      this.#tell(await this.trials.end(open, { name, ...endOf(event) }));
    }
  }

  #tell({ name, number, values, isFeasible, lacks, stopped }: EndedTrial): void {
    const { goals, total } = this.plan;
    const at = Date.now();
    this.#told++;
    const left = timeLeft(this.plan, {
      at,
      startedAt: this.#startedAt,
      told: this.#told,
      ended: this.trials.ended.length,
    });
    const [best] = this.trials.best;
    const value = best?.values[0];
    this.emit({
      type: "trial",
      name,
      number: number + 1,
      ...(total === undefined ? {} : { total }),
      ...(values === undefined
        ? {}
        : { values: Object.fromEntries(goals.map(({ metric }, at) => [metric, values[at] ?? 0])) }),
      violated: values === undefined || isFeasible ? "none" : "some",
      ...(lacks.length === 0 ? {} : { lacks }),
      ...(stopped === undefined ? {} : { stopped }),
      ...(best === undefined || value === undefined ? {} : { best: { name: best.name, value } }),
      ...(left === undefined ? {} : { left }),
      at,
    });
  }

  /** Queues another point; undefined where there is none to be tried any more, or none now. */
  async more(): Promise<QueueEntry | "listed" | undefined> {
    const { untilMs } = this.plan;
    for (;;) {
      await this.settle();
      if (untilMs !== undefined && Date.now() >= untilMs) return undefined;
      const trial = await this.trials.next();
      if (trial === undefined) return undefined;
      const { queued, known, entry } = await this.#queue({ index: trial.number, overrides: trial.overrides });
      const sequence = queued[0]?.sequence ?? known.find(({ state }) => state === "queued")?.sequence;
      if (sequence !== undefined) {
        this.#open.set(sequence, trial);
        this.only.add(sequence);
        return entry ?? "listed";
      }
      const [same] = known;
      if (same !== undefined) await this.#takeKnown(trial, same);
    }
  }

  async #queue(point: Point): Promise<LineOutcome> {
    this.#line ??= this.plan.openLine();
    return (await this.#line).queue(point);
  }

  async close(): Promise<void> {
    this.plan.proposer.close();
    await (await this.#line)?.close();
  }

  /** An experiment that another sweep, or somebody else, has made of the point counts. */
  async #takeKnown(trial: SearchTrial, { name, state }: LineOutcome["known"][number]): Promise<void> {
    const metrics = state === "done" ? await metricsByName(this.context, this.plan.baseline) : undefined;
    this.#tell(await this.trials.end(trial, { name, metrics: metrics?.get(name) }));
  }
}

/** Runs until the trials or the time are used up, or somebody stops it. Errors: those of runQueue, OPTUNA_MISSING, HELPER_ENDED. */
export async function runSearch(
  context: ExperimentsContext,
  plan: SearchPlan,
  {
    request,
    watcher,
  }: { readonly request: Omit<RunQueueRequest, "only" | "claims" | "feed">; readonly watcher: QueueWatcher },
): Promise<SearchOutcome> {
  const search = new Search(context, plan, watcher.emit);
  const emit = (event: RunEvent) => {
    search.hear(event);
    watcher.emit(event);
  };
  try {
    await search.open();
    const feed = { total: Math.max(0, (plan.total ?? 0) - search.trials.ended.length), more: () => search.more() };
    const queue = { ...request, only: search.only, claims: "take" as const, sweep: plan.sweep, feed };
    const ran = await runQueue(context, queue, { ...watcher, emit });
    await search.settle();
    return { ran, ended: search.trials.ended, best: search.trials.best };
  } finally {
    await search.close();
  }
}

/** How many trials a search has, and what became of them. */
export async function countTrials(context: ExperimentsContext, sweep: string, baseline: ObjectId) {
  const known = await knownTrials(context, sweep, baseline);
  const count = (state: KnownTrial["state"]) => known.filter((trial) => trial.state === state).length;
  return { finished: count("finished"), failed: count("failed"), open: count("open") };
}
