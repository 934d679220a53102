/** Where the points of a search come from. */
import { type SamplerName, sampleShares } from "../../sweep/samplers/samplers.ts";
import type { SearchSpace } from "../../sweep/space.ts";

/** What became of a trial. */
export interface ToldTrial {
  /** Its place in the search, from 0. */
  readonly number: number;
  readonly shares: readonly number[];
  /** One a metric; undefined: it failed, or has not all of them. */
  readonly values: readonly number[] | undefined;
  /** Whether it keeps the constraints. */
  readonly isFeasible: boolean;
}

export interface Proposer {
  /** Shares of a point, one an axis; with another `attempt` of the same trial another point, as far as there is one. */
  ask(number: number, attempt: number): Promise<readonly number[]>;
  tell(trial: ToldTrial): Promise<void>;
  close(): void;
}

/** Points that do not depend on what came of earlier ones: from the same seed the same, in the same order. */
export function sequenceProposer(
  { axes }: SearchSpace,
  {
    sampler,
    seed,
    count,
  }: { readonly sampler: SamplerName; readonly seed: number | undefined; readonly count: number },
): Proposer {
  const shares = sampleShares(
    axes.map(({ name }) => name),
    { sampler, seed, count },
  );
  return {
    ask: async () => shares.next().value,
    tell: async () => undefined,
    close: () => undefined,
  };
}
