/** The points of a product that some conditions hold for, without making the others. */
import { SweeplineError } from "../base/errors.ts";
import { type Bundle, listedLength } from "./bundles.ts";
import type { Equality, PartialCondition, PartialPoint } from "./conditions/partial.ts";
import { equalityKey, type Known } from "./conditions/values.ts";
import { refuseTooMany } from "./expand.ts";
import { circle, type Rules, valueIn, withoutUnneeded } from "./narrowing.ts";
import type { PointOverride, SweepAxis } from "./types.ts";

/** More partial combinations than this would take minutes: the conditions leave too much open. */
const mostTried = 4_000_000;

/** Keys that advance together, counted as the bundles of the sub-sweep are. */
interface Step {
  readonly bundle: number;
  readonly keys: readonly number[];
  readonly axes: readonly SweepAxis[];
  /** Of each axis, as conditions see them. */
  readonly values: readonly (readonly Known[])[];
  /** Those of its entries that may hold. */
  entries: readonly number[];
}

/** One entry of a bundle in a point: where it stands in the product, and its overrides, by axis. */
interface Choice {
  readonly at: number;
  readonly overrides: readonly (readonly [axis: number, override: PointOverride])[];
}

interface Search {
  readonly rules: Rules;
  readonly point: PartialPoint;
  readonly steps: readonly Step[];
  tried: number;
}

/**
 * The overrides of each point, in the order of the product. Keys are given their values in the order that settles conditions
 * soonest, and a value is left as soon as one of the conditions can't hold with it. Throws NARROWED_TOO_LATE, TOO_MANY_POINTS.
 */
export function* narrowedProduct(
  axes: readonly SweepAxis[],
  bundled: readonly Bundle<SweepAxis>[],
  rules: Rules,
): Generator<readonly PointOverride[]> {
  const keyOf = new Map(axes.map((axis, key) => [axis, key]));
  const steps = bundled.map((bundle, at): Step => {
    const entries = Array.from({ length: listedLength(bundle) }, (_, entry) => entry);
    const keys = bundle.axes.map((axis) => keyOf.get(axis) ?? 0);
    const values = bundle.axes.map((axis) => axis.values.map(valueIn));
    return { bundle: at, axes: bundle.axes, keys, values, entries };
  });
  const point = { values: axes.map(() => undefined), bound: axes.map(() => false) };
  const search = { rules, point, steps, tried: 0 };
  keepPossible(search);
  if (!isPossible(search, rules.where)) return;
  const found: ReturnType<typeof inOrderOfSweep>[] = [];
  for (const choices of choicesOf(search, inBestOrder(search))) found.push(inOrderOfSweep(choices));
  found.sort((a, b) => compareLists(a.ranks, b.ranks));
  for (const { overrides } of found) yield overrides;
}

/** The bundles of a choice are told by their place in the list. */
function inOrderOfSweep(choices: readonly Choice[]) {
  const overrides = choices.flatMap((choice) => choice.overrides).sort(([a], [b]) => a - b);
  return { ranks: choices.map(({ at }) => at), overrides: overrides.map(([, override]) => override) };
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] ?? 0);
  return 0;
}

function bind({ point }: Search, step: Step, entry: number): void {
  for (let at = 0; at < step.keys.length; at++) {
    const key = step.keys[at] ?? 0;
    point.values[key] = step.values[at]?.[entry];
    point.bound[key] = true;
  }
}

function unbind({ point }: Search, { keys }: Step): void {
  for (const key of keys) point.bound[key] = false;
}

function isConditional({ rules }: Search, { keys }: Step): boolean {
  return keys.some((key) => rules.when.has(key));
}

/** Entries that a condition excludes whatever the other keys are. */
function keepPossible(search: Search): void {
  for (const step of search.steps) {
    if (isConditional(search, step)) continue;
    const asked = search.rules.where.filter(({ keys }) => step.keys.some((key) => keys.has(key)));
    step.entries = step.entries.filter((entry) => {
      bind(search, step, entry);
      return isPossible(search, asked);
    });
    unbind(search, step);
  }
}

/** A condition whose keys all have their values and that is not true will not become true. */
function isPossible({ point }: Search, conditions: readonly PartialCondition[]): boolean {
  for (const { answer, keys } of conditions) {
    const held = answer(point);
    if (held === false) return false;
    if (held === undefined && [...keys].every((key) => point.bound[key])) return false;
  }
  return true;
}

/** Next come the keys that settle a condition with the fewest combinations; what no condition names comes last. */
function inBestOrder(search: Search): readonly Step[] {
  const { rules, steps } = search;
  const ordered = new Set<Step>();
  const open = new Set(rules.where);
  while (open.size > 0) {
    const [best] = [...open]
      .map((condition) => {
        const needed = withNeeds(search, stepsOf(search, condition.keys)).filter((step) => !ordered.has(step));
        return { condition, needed, cost: needed.reduce((product, { entries }) => product * entries.length, 1) };
      })
      .sort((a, b) => a.cost - b.cost);
    if (best === undefined) break;
    open.delete(best.condition);
    for (const step of best.needed) ordered.add(step);
  }
  for (const step of withNeeds(search, steps)) ordered.add(step);
  return [...ordered];
}

function stepsOf({ steps }: Search, keys: ReadonlySet<number>): readonly Step[] {
  return steps.filter((step) => step.keys.some((key) => keys.has(key)));
}

/** With what their own conditions need, which comes before them. */
function withNeeds(search: Search, wanted: readonly Step[]): readonly Step[] {
  const ordered = new Set<Step>();
  const visit = (step: Step, above: readonly Step[]) => {
    if (ordered.has(step)) return;
    if (above.includes(step)) throw circle([...above, step].flatMap(({ axes }) => axes.slice(0, 1)));
    const needed = step.keys.flatMap((key) => [...(search.rules.when.get(key)?.keys ?? [])]);
    for (const before of stepsOf(search, new Set(needed))) if (before !== step) visit(before, [...above, step]);
    ordered.add(step);
  };
  for (const step of wanted) visit(step, []);
  return [...ordered];
}

/** The choices of each point, in the order of the bundles. */
function* choicesOf(search: Search, order: readonly Step[]): Generator<readonly Choice[]> {
  const chosen: Choice[] = [];
  const levels = order.map((step, at) =>
    levelOf(search, step, new Set(order.slice(0, at).flatMap(({ keys }) => keys))),
  );
  // What no condition is about multiplies what is found before.
  const firstFree = levels.findLastIndex((level) => !isFree(search, level)) + 1;
  const multiple = order.slice(firstFree).reduce((product, { entries }) => product * entries.length, 1);
  let made = 0;
  function* from(depth: number): Generator<readonly Choice[]> {
    const level = levels[depth];
    if (depth === firstFree) {
      made += multiple;
      refuseTooMany(made);
    }
    if (level === undefined) return yield [...chosen];
    for (const choice of choicesAt(search, level)) {
      chosen[level.step.bundle] = choice;
      yield* from(depth + 1);
    }
    unbind(search, level.step);
  }
  yield* from(0);
}

function isFree(search: Search, { step, settled, open }: Level): boolean {
  return settled.length + open.length === 0 && !isConditional(search, step);
}

interface Level {
  readonly step: Step;
  /** Conditions that this step's keys settle. */
  readonly settled: readonly PartialCondition[];
  /** Those that may be false from here on whatever comes. */
  readonly open: readonly PartialCondition[];
  readonly own: ReadonlySet<number>;
  /** Where one key has to be equal to what is known by now: its entries by value. */
  readonly lookup:
    | { readonly equality: Equality; readonly entries: ReadonlyMap<string, readonly number[]> }
    | undefined;
}

function levelOf({ rules }: Search, step: Step, before: ReadonlySet<number>): Level {
  const asked = rules.where.filter(({ keys }) => step.keys.some((key) => keys.has(key)));
  const known = new Set([...before, ...step.keys]);
  const isSettled = ({ keys }: PartialCondition) => [...keys].every((key) => known.has(key));
  const equality = asked
    .flatMap(({ equalities }) => equalities)
    .find(({ key, needs }) => step.keys.includes(key) && [...needs].every((need) => before.has(need)));
  return {
    step,
    settled: asked.filter(isSettled),
    open: asked.filter((condition) => !isSettled(condition)),
    own: new Set(step.keys),
    lookup: equality === undefined ? undefined : { equality, entries: entriesByValue(step, equality.key) },
  };
}

function entriesByValue(step: Step, key: number): ReadonlyMap<string, readonly number[]> {
  const values = step.values[step.keys.indexOf(key)] ?? [];
  const found = new Map<string, number[]>();
  for (const entry of step.entries) {
    const id = equalityKey(values[entry]);
    if (id === undefined) continue;
    const same = found.get(id) ?? [];
    found.set(id, same);
    same.push(entry);
  }
  return found;
}

function entriesToTry({ point }: Search, { step, lookup }: Level): readonly number[] {
  const id = lookup === undefined ? undefined : equalityKey(lookup.equality.value(point));
  return lookup === undefined || id === undefined ? step.entries : (lookup.entries.get(id) ?? []);
}

/** The entries that are possible with what is chosen. Those that differ in values that the point does without are one. */
function* choicesAt(search: Search, level: Level): Generator<Choice> {
  const { step, own } = level;
  const seen = isConditional(search, step) ? new Set<string>() : undefined;
  for (const at of entriesToTry(search, level)) {
    if (++search.tried > mostTried) throw tooLate(search);
    bind(search, step, at);
    const dropped = seen === undefined ? [] : withoutUnneeded(search.rules, search.point, own);
    if (!level.settled.every(({ answer }) => answer(search.point) === true)) continue;
    if (level.open.some(({ answer }) => answer(search.point) === false)) continue;
    const overrides = step.keys.flatMap((key, index) => {
      const override = step.axes[index]?.values[at];
      return override === undefined || dropped.includes(key) ? [] : [[key, override] as const];
    });
    const id = overrides.map(([, { text }]) => text).join("\n");
    if (seen?.has(id)) continue;
    seen?.add(id);
    yield { at, overrides };
  }
}

function tooLate({ steps, rules }: Search): SweeplineError {
  const total = steps.reduce((product, { entries }) => product * entries.length, 1);
  const widest = Math.max(0, ...rules.where.map(({ keys }) => keys.size));
  return new SweeplineError({
    code: "NARROWED_TOO_LATE",
    message: `--where: ${mostTried} of about ${total.toPrecision(2)} combinations were looked at, and there are more: a condition of ${widest} keys can be told only when most of them have a value`,
    hint: "Add conditions on fewer keys (joined by 'and'), compare numbers with < or ==, let keys advance together (--zip), or draw points: --sample N.",
  });
}
