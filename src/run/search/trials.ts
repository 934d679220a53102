/** What a search has tried, what came of it, and what it tries next: the same for one that runs here and for rounds of CI jobs. */
import type { StoppedEarly } from "../../experiments/record.ts";
import type { OverrideAt, SearchSpace } from "../../sweep/space.ts";
import type { PointOverride } from "../../sweep/types.ts";
import type { FlatMetrics } from "../stopping/metrics.ts";
import type { Goal } from "../stopping/rules.ts";
import { bestOf, type Constraint, lackingIn, valuesOf, withOne } from "./goals.ts";
import { type Proposer, sequenceProposer } from "./proposer.ts";

export interface TrialRules {
  readonly space: SearchSpace;
  readonly goals: readonly Goal[];
  readonly constraints: readonly Constraint[];
  /** So many trials at most, with those that it has. */
  readonly trials: number;
  /** Points that are tried first. */
  readonly tries: readonly (readonly PointOverride[])[];
  readonly proposer: Proposer;
}

export interface SearchTrial {
  /** Its place in the search, from 0. */
  readonly number: number;
  readonly overrides: readonly OverrideAt[];
}

export interface NewTrial extends SearchTrial {
  readonly overrides: readonly PointOverride[];
}

/** A trial that has ended. */
export interface EndedTrial {
  readonly number: number;
  readonly name: string;
  /** undefined: it failed, or has not all metrics. */
  readonly values: readonly number[] | undefined;
  readonly isFeasible: boolean;
  /** Names of metrics that are searched by, or that constraints look at, and that it has not. */
  readonly lacks: readonly string[];
  /** It was ended as hopeless. */
  readonly stopped?: StoppedEarly;
}

/** What became of a trial. */
export interface TrialEnd extends Pick<EndedTrial, "name" | "stopped"> {
  /** undefined: it failed. */
  readonly metrics: FlatMetrics | undefined;
}

export type RatedTrial = EndedTrial & { readonly values: readonly number[] };

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

export class Trials {
  readonly ended: EndedTrial[] = [];
  #best: readonly RatedTrial[] = [];
  readonly #seen = new Set<string>();
  readonly #used = new Set<number>();
  readonly #others: Proposer;
  /** No place below it is free. */
  #next = 0;

  constructor(private readonly rules: TrialRules) {
    const { space, trials } = rules;
    this.#others = sequenceProposer(space, { sampler: "random", seed: -1, count: trials });
  }

  /** The best, or of several goals those of the Pareto front. */
  get best(): readonly RatedTrial[] {
    return bestOf(this.rules.goals, this.#best);
  }

  /** How many trials may still be asked for. */
  get left(): number {
    return Math.max(0, this.rules.trials - this.#used.size);
  }

  /** Neither its place nor its point is given again. */
  take({ number, overrides }: SearchTrial): void {
    this.#seen.add(idOf(overrides));
    this.#used.add(number);
  }

  /** Tells the sampler. */
  async end({ number, overrides }: SearchTrial, { name, metrics, stopped }: TrialEnd): Promise<EndedTrial> {
    const { goals, constraints, space, proposer } = this.rules;
    const values = metrics === undefined ? undefined : valuesOf(goals, metrics);
    const isFeasible = metrics !== undefined && constraints.every((constraint) => constraint.holdsFor(metrics));
    const lacks = metrics === undefined ? [] : lackingIn(metrics, this.rules);
    const trial = { number, name, values, isFeasible, lacks, ...(stopped === undefined ? {} : { stopped }) };
    this.ended.push(trial);
    if (values !== undefined && isFeasible) this.#best = withOne(goals, this.#best, { ...trial, values });
    const shares = space.sharesOf(overrides);
    if (shares !== undefined) await proposer.tell({ number, shares, values, isFeasible });
    return trial;
  }

  /** Another one, at the lowest place that is free; undefined where all are used up, or the space has no other point. */
  async next(): Promise<NewTrial | undefined> {
    if (this.left === 0) return undefined;
    while (this.#used.has(this.#next)) this.#next++;
    const number = this.#next;
    const overrides = this.rules.tries[number] ?? (await this.#ask(number));
    if (overrides === undefined) return undefined;
    this.take({ number, overrides });
    return { number, overrides };
  }

  async #ask(number: number): Promise<readonly PointOverride[] | undefined> {
    const { space, proposer } = this.rules;
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
