/** Which faults are tried, and where the results go: a choice, or with `npm run test:faults -- --full` all, or a slice of all. */
import { appendFileSync } from "node:fs";
import type { Prepared, Trial } from "./try.ts";

const results = process.env.SWEEPLINE_FAULTS_RESULTS;
/** Of all faults every Nth; undefined: the bounded run. */
const stride =
  process.env.SWEEPLINE_FAULTS_STRIDE === undefined ? undefined : Number(process.env.SWEEPLINE_FAULTS_STRIDE);
export const isFull = stride !== undefined;
/** `3/20`: the third of twenty parts of a full run. */
const [slice = 1, slices = 1] = (process.env.SWEEPLINE_FAULTS_SLICE ?? "1/1").split("/").map(Number);
const seed = Number(process.env.SWEEPLINE_FAULTS_SEED ?? "20261122");

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function dice(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

let considered = 0;

/** Whether this one is tried in a full run: of all that are asked for, one after the other, every Nth of the slice's. */
export function ofThisSlice(): boolean {
  const number = considered++;
  return number % slices === slice - 1 && Math.floor(number / slices) % (stride ?? 1) === 0;
}

/** Numbers from 0 to 1 for a random test of that name. */
export function diceFor(name: string): () => number {
  return dice(seed + [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7));
}

/** So many random tries: all of them in a full run (of a slice its part), else a sample. */
export function madeRandomly<T>({ full, sample }: { full: number; sample: number }, make: () => T): T[] {
  if (!isFull) return Array.from({ length: sample }, make);
  return Array.from({ length: full }, make).filter(ofThisSlice);
}

/** Two at a time: the machine has no more. */
async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const rest = items.entries();
  const one = async () => {
    for (const [at, item] of rest) done[at] = await work(item);
  };
  await Promise.all([one(), one()]);
  return done;
}

export interface Campaign<T> {
  readonly prepared: Prepared;
  /** The heading in the report. */
  readonly title: string;
  readonly faults: readonly T[];
  attempt(fault: T): Promise<Trial>;
}

/** Tries all faults, writes the counts down for the report, and answers each violation with the fault that led to it. */
export async function violationsOf<T>({ prepared, title, faults, attempt }: Campaign<T>): Promise<string[]> {
  const trials = await inPairs(faults, attempt);
  const violations = trials.flatMap((trial) =>
    trial.violations.map((text) => `${trial.fault} (${trial.fired ?? "came too late"}): ${text}`),
  );
  const counts = {
    scenario: prepared.scenario.name,
    title,
    effects: prepared.effects,
    tried: trials.length,
    happened: trials.filter((trial) => trial.fired !== undefined).length,
    checks: trials.reduce((sum, trial) => sum + trial.checks, 0),
    violations: violations.length,
    texts: violations,
  };
  if (results !== undefined) appendFileSync(results, `${JSON.stringify(counts)}\n`);
  return violations;
}
