/** The functions of the language, as in Hydra 1.4, and linspace() and logspace(): what each takes, and what it makes of it. */
import { nearest } from "../../base/text/nearest.ts";
import { type CastName, cast } from "./casts.ts";
import { type EvaluationContext, randomOf } from "./chance.ts";
import {
  type ChoiceSweep,
  type Element,
  type ElementKind,
  isElementList,
  kindOf,
  kindWords,
  type RangeBound,
  type RangeSweep,
  type Sweep,
} from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { castToFloat } from "./numbers.ts";
import { type Direction, shuffled, sortElements, sortSweep } from "./ordering.ts";
import {
  type Argument,
  type BoundArguments,
  bind,
  type Parameter,
  type Signature,
  type TypeSet,
} from "./signatures.ts";
import { type Spacing, spaced } from "./spaced.ts";

interface SweepFunction {
  readonly signature: Signature;
  readonly run: (bound: BoundArguments, context: EvaluationContext) => Element;
}

const kinds = (words: string, ...names: ElementKind[]): TypeSet => ({ words, kinds: new Set(names) });
const anything: TypeSet = { words: "anything", kinds: "any" };
const number = kinds("a number", "int", "float", "bool");
const wholeNumber = kinds("a whole number", "int");
const optionalNumber = kinds("a number", "int", "float", "bool", "null");
const plainKinds = ["text", "int", "bool", "float", "list", "dict"] as const;
const orderable = kinds("values, a choice or a range", ...plainKinds, "choice", "range");
const discrete = kinds("a choice or a range", "choice", "range", "null");
const patterns = kinds("a pattern or a list of patterns", "text", "list");
const castable = kinds("a value or a sweep", ...plainKinds, "quoted", "null", "choice", "range", "interval");

const required = (name: string, takes: TypeSet): Parameter => ({ name, takes, isRequired: true });
const optional = (name: string, takes: TypeSet): Parameter => ({ name, takes, isRequired: false });

function castFunction(name: CastName, takes: TypeSet): SweepFunction {
  return {
    signature: { rest: takes, parameters: [optional("value", takes)] },
    run: (bound) => cast(name, castInput(name, bound)),
  };
}

function spacedFunction(name: Spacing): SweepFunction {
  return {
    signature: { parameters: [required("start", number), required("end", number), required("values", wholeNumber)] },
    run: ({ named }) => spaced(name, [endpoint(named, "start"), endpoint(named, "end")], Number(named.get("values"))),
  };
}

const functions: ReadonlyMap<string, SweepFunction> = new Map<string, SweepFunction>([
  ["bool", castFunction("bool", castable)],
  [
    "choice",
    {
      signature: { rest: kinds("values", ...plainKinds, "choice"), parameters: [] },
      run: ({ rest }) => choice(rest),
    },
  ],
  [
    "extend_list",
    { signature: { rest: anything, parameters: [] }, run: ({ rest }) => ({ kind: "extension", items: rest }) },
  ],
  ["float", castFunction("float", castable)],
  [
    "glob",
    {
      signature: {
        parameters: [
          required("include", patterns),
          optional("exclude", kinds("a pattern or a list of patterns", "text", "list", "null")),
        ],
      },
      run: ({ named }) => ({
        kind: "glob",
        include: patternsIn(named.get("include")),
        exclude: patternsIn(named.get("exclude")),
      }),
    },
  ],
  ["int", castFunction("int", castable)],
  [
    "interval",
    {
      signature: { parameters: [required("start", number), required("end", number)] },
      run: ({ named }) => ({
        kind: "interval",
        start: endpoint(named, "start"),
        end: endpoint(named, "end"),
        tags: [],
      }),
    },
  ],
  // Its `value=` fails in Hydra, whatever is given.
  [
    "json_str",
    { signature: { rest: anything, parameters: [] }, run: (bound) => cast("json_str", castInput("json_str", bound)) },
  ],
  ["linspace", spacedFunction("linspace")],
  ["logspace", spacedFunction("logspace")],
  [
    "range",
    {
      signature: {
        parameters: [required("start", number), optional("stop", optionalNumber), optional("step", number)],
      },
      run: ({ named }) => range(named),
    },
  ],
  [
    "shuffle",
    {
      signature: {
        rest: orderable,
        parameters: [optional("sweep", discrete), optional("list", kinds("a list", "list", "null"))],
      },
      run: (bound, context) => shuffle(orderInput(bound), context),
    },
  ],
  [
    "sort",
    {
      signature: {
        rest: orderable,
        parameters: [
          optional("sweep", discrete),
          optional("list", kinds("a list", "list", "null")),
          optional("reverse", kinds("true or false", "bool")),
        ],
      },
      run: (bound) => sort(orderInput(bound), bound.named.get("reverse") === true ? "descending" : "ascending"),
    },
  ],
  ["str", castFunction("str", castable)],
  [
    "tag",
    {
      signature: {
        rest: kinds("texts and a sweep", "text", "choice", "range", "interval"),
        parameters: [optional("sweep", kinds("a sweep", "choice", "range", "interval", "null"))],
      },
      run: tag,
    },
  ],
]);

const functionNames: readonly string[] = [...functions.keys()];

/**
 * Calls a function of the language.
 * @throws EvaluationError for an unknown name, wrong arguments, or a value that the function refuses
 */
export function callFunction(name: string, args: readonly Argument[], context: EvaluationContext): Element {
  const found = functions.get(name);
  if (found === undefined)
    throw new EvaluationError(
      "UNKNOWN_FUNCTION",
      `There is no function '${name}'.`,
      `${suggestion(name)}There are ${functionNames.join(", ")}.`,
    );
  return found.run(bind(name, found.signature, args), context);
}

function suggestion(name: string): string {
  const [near] = nearest(name.toLowerCase(), functionNames);
  return near === undefined ? "" : `Did you mean ${near}()? `;
}

function choice(items: readonly Element[]): ChoiceSweep {
  const [first] = items;
  if (first === undefined && items.length === 0)
    throw new EvaluationError("EMPTY_CHOICE", "choice() needs one value at least.");
  if (items.length === 1 && isSweep(first) && first.kind === "choice") {
    if (first.form === "call") throw new EvaluationError("NESTED_SWEEP", "choice() cannot hold another choice().");
    return { ...first, form: "call" };
  }
  return choiceOf(items, "call");
}

function choiceOf(items: readonly Element[], form: ChoiceSweep["form"]): ChoiceSweep {
  return { kind: "choice", items, form, order: "given", tags: [] };
}

/** Several values make a simple choice; none of them may be a sweep. */
function simpleChoice(functionName: string, items: readonly Element[]): ChoiceSweep {
  const nested = items.find(isSweep);
  if (nested !== undefined)
    throw new EvaluationError(
      "NESTED_SWEEP",
      `${functionName}() of several values cannot take ${kindWords[nested.kind]}.`,
    );
  return choiceOf(items, "simple");
}

function isSweep(element: Element | undefined): element is Sweep {
  return element !== undefined && ["choice", "range", "interval"].includes(kindOf(element));
}

function castInput(name: CastName, { rest, named }: BoundArguments): Element {
  const value = named.get("value") ?? null;
  const [first] = rest;
  if (first !== undefined && value !== null)
    throw new EvaluationError("ARGUMENT_TWICE", `${name}() takes either a value or 'value='.`);
  if (value !== null) return value;
  if (first === undefined) throw new EvaluationError("ARGUMENT_MISSING", `${name}() needs a value.`);
  return rest.length === 1 ? first : simpleChoice(name, rest);
}

function range(named: ReadonlyMap<string, Element>): RangeSweep {
  const first = bound(named, "start") ?? 0n;
  const stop = bound(named, "stop");
  const ends = stop === undefined ? { start: 0n, stop: first } : { start: first, stop };
  return { kind: "range", ...ends, step: bound(named, "step") ?? 1n, casts: [], order: "given", tags: [] };
}

function bound(named: ReadonlyMap<string, Element>, name: string): RangeBound | undefined {
  const value = named.get(name);
  return typeof value === "bigint" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function endpoint(named: ReadonlyMap<string, Element>, name: string): number {
  const value = bound(named, name);
  return typeof value === "object" || value === undefined ? 0 : castToFloat(value);
}

function patternsIn(value: Element | undefined): readonly Element[] {
  if (value === undefined || value === null) return [];
  return isElementList(value) ? value : [value];
}

/** `list=` beats `sweep=`, which beats positional arguments. */
function orderInput({ rest, named }: BoundArguments): readonly Element[] {
  const list = named.get("list") ?? null;
  const sweep = named.get("sweep") ?? null;
  return list !== null ? [list] : sweep !== null ? [sweep] : rest;
}

function sort(items: readonly Element[], direction: Direction): Element {
  const [first] = items;
  if (first === undefined) throw new EvaluationError("ARGUMENT_MISSING", "sort() needs one value at least.");
  if (items.length > 1) return sortSweep(sortable(items), direction);
  if (isElementList(first)) return sortElements(first, direction);
  if (isSweep(first) && first.kind !== "interval") return sortSweep(first, direction);
  return first;
}

function sortable(items: readonly Element[]): ChoiceSweep {
  const other = items.find((item) => !["int", "float", "bool", "text"].includes(kindOf(item)));
  if (other === undefined) return choiceOf(items, "simple");
  throw new EvaluationError("NOT_COMPARABLE", `sort() of several values cannot take ${kindWords[kindOf(other)]}.`);
}

function shuffle(items: readonly Element[], { random = randomOf("") }: EvaluationContext): Element {
  const [first] = items;
  if (first === undefined || items.length !== 1) return { ...simpleChoice("shuffle", items), order: "shuffled" };
  if (isElementList(first)) return shuffled(first, random);
  return isSweep(first) && first.kind !== "interval" ? { ...first, order: "shuffled" } : [first];
}

function tag({ rest, named }: BoundArguments): Element {
  const sweep = named.get("sweep") ?? null;
  if (rest.length === 0)
    throw new EvaluationError("ARGUMENT_MISSING", "tag() needs a sweep.", "Write tag(name, choice(a,b)).");
  const all = sweep === null ? rest : [...rest, sweep];
  const last = all.at(-1);
  const names = all.slice(0, -1);
  if (!isSweep(last))
    throw new EvaluationError(
      "ARGUMENT_TYPE",
      "The last argument of tag() must be a sweep.",
      "Write tag(name, choice(a,b)).",
    );
  const tags = names.filter((name) => typeof name === "string");
  if (tags.length < names.length)
    throw new EvaluationError("ARGUMENT_TYPE", "tag() takes one sweep, and texts before it.");
  return { ...last, tags: [...new Set(tags)] };
}
