/** Operators whose sides are of other kinds in all experiments: they hold for none, and who wrote them is told so. */
import type { Value } from "../../base/value.ts";
import type { Met } from "../../sweep/conditions/compile.ts";
import { isAnswerable, type Known, kindInWords } from "../../sweep/conditions/values.ts";

/** Of a condition the part that a sentence shows. */
const longestShown = 60;

/** What an operator is about, and how it may be meant. */
function saidOf({ operator }: Met, left: Value, right: Value): readonly [what: string, hint: string | undefined] {
  const [one, other] = [kindInWords(left), kindInWords(right)];
  if (operator.endsWith("in"))
    return [`looks for ${one} in ${other}`, other === "a text" ? undefined : "Lists are written so: lr in [0.1, 0.2]."];
  if (/^[-+*/%]$/.test(operator)) return [`calculates with ${one === "a number" ? other : one}`, undefined];
  const isAskedOfList = one === "a list" && other === "a text";
  return [`compares ${one} with ${other}`, isAskedOfList ? 'What a list has is asked so: "paper" in tags.' : undefined];
}

export class WatchedOperators {
  readonly #text: string;
  /** Values that it has no answer for; undefined once it had one. */
  readonly #unlike = new Map<Met, readonly [Value, Value] | undefined>();

  constructor(text: string) {
    this.#text = text;
  }

  met(place: Met, left: Known, right: Known): void {
    if (this.#unlike.has(place) && this.#unlike.get(place) === undefined) return;
    const answer = isAnswerable(place.operator, left, right);
    if (answer === undefined) return;
    this.#unlike.set(place, answer ? undefined : [left ?? null, right ?? null]);
  }

  doubts(): readonly string[] {
    return [...this.#unlike].flatMap(([place, pair]) => (pair === undefined ? [] : [this.#sentence(place, pair)]));
  }

  #sentence(place: Met, pair: readonly [Value, Value]): string {
    const whole = this.#text.slice(place.offset, place.offset + place.length);
    const shown = whole.length > longestShown ? `${whole.slice(0, longestShown)}...` : whole;
    const [what, hint] = saidOf(place, ...pair);
    const sentence = `'${shown}' ${what} in all experiments that have both.`;
    return hint === undefined ? sentence : `${sentence} ${hint}`;
  }
}
