/**
 * A search: asks for a point whenever a worker is free, queues and runs it, and tells what came of it. What it knows is what is
 * queued and finished: who runs the same line again goes on.
 */
import type { RunEvent } from "../../experiments/events.ts";
import type { LineOutcome, PointLine } from "../../experiments/make/point-line.ts";
import type { QueueEntry } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { OverrideAt, SearchSpace } from "../../sweep/space.ts";
import type { Point, PointOverride } from "../../sweep/types.ts";
import { type QueueOutcome, type QueueWatcher, type RunQueueRequest, runQueue } from "../run-queue.ts";
import type { FlatMetrics } from "../stopping/metrics.ts";
import type { Goal } from "../stopping/rules.ts";
import { bestOf, type Constraint, valuesOf, withOne } from "./goals.ts";
import { type KnownTrial, knownTrials, metricsByName } from "./known-trials.ts";
import { type Proposer, sequenceProposer } from "./proposer.ts";

export interface SearchPlan {
  readonly sweep: string;
  readonly baseline: ObjectId;
  readonly space: SearchSpace;
  readonly goals: readonly Goal[];
  readonly constraints: readonly Constraint[];
  /** So many trials at most, with those that it has. */
  readonly trials: number;
  /** Nothing is asked for later than that; since the epoch. */
  readonly untilMs: number | undefined;
  /** Points that are tried first. */
  readonly tries: readonly (readonly PointOverride[])[];
  readonly proposer: Proposer;
  /** Queues one point after the other. */
  openLine(): Promise<PointLine>;
}

/** A trial that has ended. */
export interface EndedTrial {
  readonly number: number;
  readonly name: string;
  readonly values: readonly number[] | undefined;
  readonly isFeasible: boolean;
}

export interface SearchOutcome {
  readonly ran: QueueOutcome;
  readonly ended: readonly EndedTrial[];
  /** The best, or of several goals those of the Pareto front. */
  readonly best: readonly EndedTrial[];
}

/** Proposals that are known already, until others are drawn at random. */
const sameProposals = 20;
/** Of those drawn at random, until the space counts as used up. */
const sameDraws = 100_000;

/** Equal for the same overrides in another order. */
function idOf(overrides: readonly OverrideAt[]): string {
  return overrides
    .map(({ file, text }) => `${file}:${text}`)
    .sort()
    .join("\n");
}

type RatedTrial = EndedTrial & { readonly values: readonly number[] };

class Search {
  readonly ended: EndedTrial[] = [];
  /** Entries of ours: those that are to be run. */
  readonly only = new Set<number>();
  #best: readonly RatedTrial[] = [];
  readonly #seen = new Set<string>();
  readonly #used = new Set<number>();
  /** Trials by the number of their entry. */
  readonly #open = new Map<number, { readonly number: number; readonly overrides: readonly OverrideAt[] }>();
  readonly #news: RunEvent[] = [];
  readonly #others: Proposer;
  /** No place below it is free. */
  #next = 0;
  #line: Promise<PointLine> | undefined;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly plan: SearchPlan,
    private readonly emit: QueueWatcher["emit"],
  ) {
    const { space, trials } = plan;
    this.#others = sequenceProposer(space, { sampler: "random", seed: -1, count: trials });
  }

  get best(): readonly RatedTrial[] {
    return bestOf(this.plan.goals, this.#best);
  }

  /** What there is from before. */
  async open(): Promise<void> {
    const { sweep, baseline } = this.plan;
    for (const trial of await knownTrials(this.context, sweep, baseline)) await this.#take(trial);
  }

  async #take({ number, name, overrides, state, sequence, metrics }: KnownTrial): Promise<void> {
    this.#seen.add(idOf(overrides));
    this.#used.add(number);
    if (state !== "open") {
      await this.#end({ number, overrides }, name, state === "failed" ? undefined : metrics);
      return;
    }
    if (sequence === undefined) return;
    this.only.add(sequence);
    this.#open.set(sequence, { number, overrides });
  }

  async #end(
    { number, overrides }: { readonly number: number; readonly overrides: readonly OverrideAt[] },
    name: string,
    metrics: FlatMetrics | undefined,
  ): Promise<EndedTrial> {
    const { goals, constraints, space, proposer } = this.plan;
    const values = metrics === undefined ? undefined : valuesOf(goals, metrics);
    const isFeasible = metrics !== undefined && constraints.every((holds) => holds(metrics));
    const trial = { number, name, values, isFeasible };
    this.ended.push(trial);
    if (values !== undefined && isFeasible) this.#best = withOne(goals, this.#best, { ...trial, values });
    const shares = space.sharesOf(overrides);
    if (shares !== undefined) await proposer.tell({ number, shares, values, isFeasible });
    return trial;
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
      this.#tell(await this.#end(open, name, event.type === "finished" ? event.metrics : undefined));
    }
  }

  #tell({ name, number, values, isFeasible }: EndedTrial): void {
    const { goals, trials } = this.plan;
    const [best] = this.best;
    const value = best?.values[0];
    this.emit({
      type: "trial",
      name,
      number: number + 1,
      total: trials,
      ...(values === undefined
        ? {}
        : { values: Object.fromEntries(goals.map(({ metric }, at) => [metric, values[at] ?? 0])) }),
      violated: values === undefined || isFeasible ? "none" : "some",
      ...(best === undefined || value === undefined ? {} : { best: { name: best.name, value } }),
      at: Date.now(),
    });
  }

  /** Queues another point; undefined where there is none to be tried any more, or none now. */
  async more(): Promise<QueueEntry | "listed" | undefined> {
    const { trials, untilMs, tries } = this.plan;
    for (;;) {
      await this.settle();
      if (this.#used.size >= trials || (untilMs !== undefined && Date.now() >= untilMs)) return undefined;
      while (this.#used.has(this.#next)) this.#next++;
      const number = this.#next;
      const overrides = tries[number] ?? (await this.#ask(number));
      if (overrides === undefined) return undefined;
      this.#seen.add(idOf(overrides));
      this.#used.add(number);
      const { queued, known, entry } = await this.#queue({ index: number, overrides });
      const sequence = queued[0]?.sequence ?? known.find(({ state }) => state === "queued")?.sequence;
      if (sequence !== undefined) {
        this.#open.set(sequence, { number, overrides });
        this.only.add(sequence);
        return entry ?? "listed";
      }
      const [same] = known;
      if (same !== undefined) await this.#takeKnown({ number, overrides }, same);
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
  async #takeKnown(
    point: { readonly number: number; readonly overrides: readonly OverrideAt[] },
    { name, state }: LineOutcome["known"][number],
  ): Promise<void> {
    const metrics = state === "done" ? await metricsByName(this.context, this.plan.baseline) : undefined;
    this.#tell(await this.#end(point, name, metrics?.get(name)));
  }

  async #ask(number: number): Promise<readonly PointOverride[] | undefined> {
    const { space, proposer } = this.plan;
    if (this.#seen.size >= space.size) return undefined;
    for (let attempt = 0; attempt < sameProposals; attempt++) {
      const overrides = space.at(await proposer.ask(number, attempt));
      if (!this.#seen.has(idOf(overrides))) return overrides;
    }
    for (let attempt = 0; attempt < sameDraws; attempt++) {
      const overrides = space.at(await this.#others.ask(number, attempt));
      if (!this.#seen.has(idOf(overrides))) return overrides;
    }
    return undefined;
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
    const feed = { total: Math.max(0, plan.trials - search.ended.length), more: () => search.more() };
    const queue = { ...request, only: search.only, claims: "take" as const, sweep: plan.sweep, feed };
    const ran = await runQueue(context, queue, { ...watcher, emit });
    await search.settle();
    return { ran, ended: search.ended, best: search.best };
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
