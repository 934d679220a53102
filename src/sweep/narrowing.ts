/** --where and --when: which points of a sweep are made, and which of their keys have a value of the sweep. */
import { SweeplineError } from "../base/errors.ts";
import { nearest } from "../base/text/nearest.ts";
import { type AxisKey, bareKeyOf, isNamed } from "./bundles.ts";
import { type ConditionText, conditionRefused, type NodeOf, readCondition } from "./conditions/compile.ts";
import {
  conjuncts,
  type PartialCondition,
  type PartialPoint,
  type PartialScope,
  partialCondition,
  type Range,
} from "./conditions/partial.ts";
import type { Narrowing, PointOverride } from "./types.ts";

/** What the conditions say of one sub-sweep, whose axes are counted from 0. */
export interface Rules {
  /** All of them hold in each point that is made. */
  readonly where: readonly PartialCondition[];
  /** When an axis has a value; one that another one needs comes before it. Axes that always have one are missing. */
  readonly when: ReadonlyMap<number, PartialCondition>;
}

interface Axes {
  readonly own: readonly AxisKey[];
  /** Of all sub-sweeps: a name means something if it does so in one of them. */
  readonly everywhere: readonly AxisKey[];
  /** Between what the values of an axis lie, where they are known and numbers. */
  rangeOf(axis: number): Range | undefined;
}

/**
 * Throws FILTER_INVALID, FILTER_NAME_UNKNOWN; WHEN_KEY for a key that nothing sets, or one whose condition depends on itself.
 */
export function rulesOf(narrowing: Narrowing, axes: Axes): Rules {
  const when = inOrderOfNeed(conditionsOfKeys(narrowing, axes), axes);
  const where = narrowing.where.flatMap((text) => {
    const condition = { text, option: "--where" };
    const scope = scopeOf(condition, axes, (axis) => (when.has(axis) ? undefined : axes.rangeOf(axis)));
    return conjuncts(readCondition(condition)).map((node) => partialCondition(node, scope));
  });
  return { where, when };
}

function conditionsOfKeys({ when }: Narrowing, axes: Axes): ReadonlyMap<number, PartialCondition> {
  const found = new Map<number, PartialCondition>();
  for (const { key, condition: text } of when) {
    if (!axes.everywhere.some((axis) => isNamed(axis, key))) throw noSuchKey(key, axes.everywhere);
    const condition = { text, option: `--when '${key}: ...'` };
    const tree = readCondition(condition);
    const compiled = partialCondition(
      tree,
      scopeOf(condition, axes, () => undefined),
    );
    for (const [at, axis] of axes.own.entries()) if (isNamed(axis, key)) found.set(at, both(found.get(at), compiled));
  }
  return found;
}

/** Two conditions of one key have to hold together. */
function both(one: PartialCondition | undefined, other: PartialCondition): PartialCondition {
  if (one === undefined) return other;
  const answer = (point: PartialPoint) => (one.answer(point) === true ? other.answer(point) : one.answer(point));
  return { keys: new Set([...one.keys, ...other.keys]), answer, equalities: [] };
}

function noSuchKey(key: string, axes: readonly AxisKey[]): SweeplineError {
  const [near] = nearest(key, axes.map(bareKeyOf));
  return new SweeplineError({
    code: "WHEN_KEY",
    message: `--when names '${key}', which no override sets`,
    hint:
      near === undefined
        ? "It takes a key of the overrides and a condition: --when 'momentum: optimizer == \"sgd\"'"
        : `Did you mean '${near}'?`,
  });
}

/** What a condition needs is settled before: a key's condition that leads back to it is refused. */
function inOrderOfNeed(found: ReadonlyMap<number, PartialCondition>, { own }: Axes): Rules["when"] {
  const ordered = new Map<number, PartialCondition>();
  const visit = (axis: number, above: readonly number[]) => {
    const condition = found.get(axis);
    if (condition === undefined || ordered.has(axis)) return;
    if (above.includes(axis)) throw circle([...above, axis].map((at) => own[at]).flatMap((it) => it ?? []));
    for (const key of condition.keys) visit(key, [...above, axis]);
    ordered.set(axis, condition);
  };
  for (const axis of found.keys()) visit(axis, []);
  return ordered;
}

export function circle(axes: readonly AxisKey[]): SweeplineError {
  return new SweeplineError({
    code: "WHEN_KEY",
    message: `--when: whether ${axes.map((axis) => `'${bareKeyOf(axis)}'`).join(" needs ")} has a value depends on itself`,
    hint: "Let one of the keys have its values without a condition.",
  });
}

/** A text or a pattern is to be compared with keys of the sweep only: what stands in files is the same for all points. */
function scopeOf(condition: ConditionText, axes: Axes, rangeOf: Axes["rangeOf"]): PartialScope {
  const keyOf = (node: NodeOf<"name">) => {
    const own = meantBy(node, axes.own, condition);
    if (own !== undefined) return axes.own.indexOf(own);
    if (meantBy(node, axes.everywhere, condition) === undefined) throw unknownName(node, axes.everywhere, condition);
    return undefined;
  };
  const nameOf = (node: NodeOf<"name">) => {
    const key = keyOf(node);
    return ({ values }: PartialPoint) => (key === undefined ? undefined : values[key]);
  };
  return { ...condition, keyOf, nameOf, rangeOf };
}

/** As conditions on experiments find columns: `file:key`, `key`, or the end of one key. */
function meantBy({ name, ...place }: NodeOf<"name">, axes: readonly AxisKey[], condition: ConditionText) {
  const unique = [...new Map(axes.map((axis) => [`${axis.file}:${bareKeyOf(axis)}`, axis])).values()];
  const exact = unique.filter((axis) => name === `${axis.file}:${bareKeyOf(axis)}`);
  const whole = exact.length > 0 ? exact : unique.filter((axis) => bareKeyOf(axis) === name);
  const found = whole.length > 0 ? whole : unique.filter((axis) => bareKeyOf(axis).endsWith(`.${name}`));
  const [first, second] = found;
  if (second === undefined) return first;
  const choices = found.map((axis) => `${axis.file}:${bareKeyOf(axis)}`).join(", ");
  const hint = `Write the whole key, with its file: ${choices}`;
  throw conditionRefused(condition, place, {
    code: "FILTER_NAME_UNKNOWN",
    message: `'${name}' may mean several keys`,
    hint,
  });
}

function unknownName(node: NodeOf<"name">, axes: readonly AxisKey[], condition: ConditionText): SweeplineError {
  const { name } = node;
  const [near] = nearest(
    name,
    axes.flatMap((axis) => [bareKeyOf(axis), `${axis.file}:${bareKeyOf(axis)}`]),
  );
  const meant = near === undefined ? "" : `Did you mean '${near}'? `;
  const hint = `${meant}It asks for keys of the sweep; a text is quoted: "${name}".`;
  return conditionRefused(condition, node, {
    code: "FILTER_NAME_UNKNOWN",
    message: `no override sets '${name}'`,
    hint,
  });
}

/** The value of an override as a condition sees it: whole numbers too are calculated with as floats, which is quicker. */
export function valueIn({ edit: { kind, value } }: PointOverride): PartialPoint["values"][number] {
  if (kind === "delete") return undefined;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Takes the values away that the point does without, and names the axes. */
export function withoutUnneeded({ when }: Rules, point: PartialPoint, among: ReadonlySet<number>): readonly number[] {
  const dropped: number[] = [];
  for (const [axis, condition] of when) {
    if (!among.has(axis) || condition.answer(point) === true) continue;
    point.values[axis] = undefined;
    dropped.push(axis);
  }
  return dropped;
}

/** A point that was drawn, as the conditions leave it; undefined where they do not want it. */
export function keepDrawn(rules: Rules, drawn: readonly PointOverride[]): readonly PointOverride[] | undefined {
  const point = { values: drawn.map(valueIn), bound: drawn.map(() => true) };
  const dropped = withoutUnneeded(rules, point, new Set(drawn.keys()));
  if (rules.where.some(({ answer }) => answer(point) !== true)) return undefined;
  return drawn.filter((_, axis) => !dropped.includes(axis));
}
