/** The values of a sweep, one by one. */
import { quote } from "../../grammar/override/printer.ts";
import { globMatcher } from "../base/text/glob-match.ts";
import { evaluateOverride } from "./evaluate.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import { randomOf } from "./functions/chance.ts";
import { type Element, type GlobSweep, kindOf, kindWords, type Sweep } from "./functions/elements.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { shuffled } from "./functions/ordering.ts";
import { rangeCount, rangeElements } from "./functions/ranges.ts";
import { renderElement } from "./functions/render.ts";

/** One axis longer than this is a slip of the keyboard: range(0,1e12). */
const maxAxisLength = 1_000_000;

/**
 * The values of a sweep in order; a shuffled one as the chance of the context has it.
 * @throws EvaluationError for an interval, a glob without options, an endless or too long range
 */
export function elementsOf(sweep: Sweep | GlobSweep, context: EvaluationContext = {}): Iterable<Element> {
  switch (sweep.kind) {
    case "choice":
      return sweep.order === "shuffled" ? shuffled(sweep.items, context.random ?? randomOf("")) : sweep.items;
    case "range": {
      checkLength(rangeCount(sweep));
      if (sweep.order === "given") return rangeElements(sweep);
      return shuffled([...rangeElements(sweep)], context.random ?? randomOf(""));
    }
    case "interval":
      throw new EvaluationError(
        "INTERVAL_NOT_LISTED",
        "interval() has no list of values, so a grid cannot sweep over it.",
        "Use range(start,stop,step) or choice(...), or draw from it: --sample N. `sweepline search` chooses values by results.",
      );
    case "glob":
      return globElements(sweep, context.globOptions);
  }
}

function checkLength(count: bigint): void {
  if (count <= maxAxisLength) return;
  throw new EvaluationError("RANGE_TOO_LONG", `The range has ${count} values; ${maxAxisLength} is the most.`);
}

function globElements(glob: GlobSweep, options: readonly string[] | undefined): Element[] {
  if (options === undefined)
    throw new EvaluationError(
      "GLOB_WITHOUT_GROUP",
      "glob() picks from the options of a config group, and there is none here.",
    );
  const include = glob.include.map(matcherOf);
  const exclude = glob.exclude.map(matcherOf);
  return options.filter((name) => include.some((test) => test(name)) && !exclude.some((test) => test(name)));
}

function matcherOf(pattern: Element): (name: string) => boolean {
  if (typeof pattern === "string") return globMatcher(pattern);
  const hint = "Patterns in a list are written without quotes: glob([a*,b*]).";
  throw new EvaluationError(
    "GLOB_PATTERN",
    `A pattern of glob() is a text, found ${kindWords[kindOf(pattern)]}.`,
    hint,
  );
}

/** How a value of a sweep is written into a job. */
export function renderSwept(sweep: Sweep | GlobSweep, element: Element): string {
  return sweep.kind === "glob" && typeof element === "string" ? optionText(element) : renderElement(element);
}

/** An option of a group as it is, or in quotes where that would be read as something else: 1, true, x,y. */
function optionText(name: string): string {
  // What stands between ${ and } would be resolved, also within quotes.
  if (name.includes("${")) return quote(name.replace(/(\\*)\$\{/g, "$1$1\\${"), "'");
  const again = evaluateOverride(`option=${name}`);
  return again.ok && again.override.value === name ? name : quote(name, "'");
}
