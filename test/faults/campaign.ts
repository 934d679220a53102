/** How many faults are tried, and where the results go: a sample of each kind, or with `npm run test:faults -- --full` all. */
import { appendFileSync } from "node:fs";
import type { Prepared, Trial } from "./try.ts";

const results = process.env.SWEEPLINE_FAULTS_RESULTS;
/** Of all calls every Nth; undefined: a sample. */
const stride =
  process.env.SWEEPLINE_FAULTS_STRIDE === undefined ? undefined : Number(process.env.SWEEPLINE_FAULTS_STRIDE);
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

/** Calls 1 to `effects`: every one, every Nth, or in the bounded run `sample` of them, evenly spread from a random first. */
export function callsToTry(effects: number, sample: number, salt: string): number[] {
  // At least one of each kind in each scenario, however few side effects it has.
  const step = stride === undefined ? Math.max(1, effects / sample) : Math.max(1, Math.min(stride, effects));
  const roll = diceFor(salt);
  const calls: number[] = [];
  for (let at = 1 + (stride === 1 ? 0 : roll() * step); at < effects + 1; at += step) calls.push(Math.floor(at));
  return calls;
}

/** Numbers from 0 to 1 for a random test of that name. */
export function diceFor(name: string): () => number {
  return dice(seed + [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
}

/** So many random tries: all of them in a full run (fewer with a stride), else a sample. */
export function timesToTry(full: number, sample: number): number {
  return stride === undefined ? sample : Math.ceil(full / stride);
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
