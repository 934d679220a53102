/** Points of the unit cube for --sample: the same for the same seed, on every machine. */
import { randomOf } from "../functions/chance.ts";
import { sobol } from "./sobol.ts";

export const samplerNames = ["random", "halton", "sobol", "lhs"] as const;
export type SamplerName = (typeof samplerNames)[number];

export interface SampleRequest {
  readonly sampler: SamplerName;
  /** undefined: 0 where numbers are drawn, and for halton and sobol the sequence as it stands in books. */
  readonly seed: number | undefined;
  /** How many points are wanted: Latin hypercubes are made of so many. */
  readonly count: number;
}

/**
 * Points without end, one number from 0 up to 1 for each name. Of all but `lhs` the first ones do not depend on how many are
 * wanted; of `random` those of a name do not depend on the other names.
 */
export function sampleShares(names: readonly string[], request: SampleRequest): Iterator<readonly number[], never> {
  const { sampler, seed } = request;
  if (sampler === "random") return drawn(names, seed ?? 0);
  if (sampler === "lhs") return latinHypercube(names, seed ?? 0, request.count);
  const points = sampler === "sobol" ? sobol(names.length) : halton(names.length);
  return seed === undefined ? points : shifted(points, names, seed);
}

function* drawn(names: readonly string[], seed: number): Generator<number[], never> {
  const chances = names.map((name) => randomOf(`${seed}\n${name}`));
  for (;;) yield chances.map((chance) => chance());
}

/** Halton 1960: the digits of 1, 2, 3... in the base of the dimension's prime, mirrored at the point. */
function* halton(dimensions: number): Generator<number[], never> {
  const bases = primes(dimensions);
  for (let index = 1; ; index++) yield bases.map((base) => mirrored(index, base));
}

function mirrored(index: number, base: number): number {
  let value = 0;
  let share = 1 / base;
  for (let left = index; left > 0; left = Math.floor(left / base)) {
    value += (left % base) * share;
    share /= base;
  }
  return value;
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++)
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  return found;
}

/** Each dimension turned by an amount of its own (Cranley and Patterson 1976): as even as before, elsewhere. */
function* shifted(
  points: Iterator<readonly number[], never>,
  names: readonly string[],
  seed: number,
): Generator<number[], never> {
  const shifts = names.map((name) => randomOf(`shift ${seed}\n${name}`)());
  for (;;) yield points.next().value.map((value, at) => (value + (shifts[at] ?? 0)) % 1);
}

/** McKay 1979: in each dimension one point in each of `count` equal parts; what is asked for beyond is drawn at random. */
function* latinHypercube(names: readonly string[], seed: number, count: number): Generator<number[], never> {
  const columns = names.map((name) => {
    const chance = randomOf(`lhs ${seed}\n${name}`);
    const parts = Array.from({ length: count }, (_, part) => part);
    for (let at = count - 1; at > 0; at--) {
      const other = Math.floor(chance() * (at + 1));
      [parts[at], parts[other]] = [parts[other] ?? 0, parts[at] ?? 0];
    }
    return parts.map((part) => (part + chance()) / count);
  });
  for (let row = 0; row < count; row++) yield columns.map((column) => column[row] ?? 0);
  return yield* drawn(names, seed);
}
