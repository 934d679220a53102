/** How arguments of a call are bound to a function's parameters, and which types each takes. */

import { type Element, type ElementKind, kindOf, kindWords } from "./elements.ts";
import { EvaluationError } from "./evaluation-error.ts";

export interface Argument {
  /** null for a positional argument. */
  readonly name: string | null;
  readonly value: Element;
}

export interface Parameter {
  readonly name: string;
  readonly takes: TypeSet;
  readonly isRequired: boolean;
}

export interface TypeSet {
  readonly words: string;
  readonly kinds: ReadonlySet<ElementKind> | "any";
}

export interface Signature {
  /** What positional arguments may be, where any number of them is taken; else they fill the parameters in order. */
  readonly rest?: TypeSet;
  readonly parameters: readonly Parameter[];
}

export interface BoundArguments {
  readonly rest: readonly Element[];
  readonly named: ReadonlyMap<string, Element>;
}

/**
 * Binds arguments as Python does; a name given twice takes the last value.
 * @throws EvaluationError where one is missing, unknown, given twice or of a wrong type
 */
export function bind(functionName: string, signature: Signature, args: readonly Argument[]): BoundArguments {
  const rest: Element[] = [];
  const positional = new Map<string, Element>();
  const named = new Map<string, Element>();
  for (const [index, argument] of args.entries()) {
    const value = unquoted(argument.value);
    const { rest: takes } = signature;
    if (argument.name !== null) named.set(argument.name, value);
    else if (takes !== undefined) rest.push(atArgument(index, () => checked(functionName, takes, { value })));
    else
      positional.set(
        atArgument(index, () => parameterAt(functionName, signature, positional.size)),
        value,
      );
  }
  for (const [name, value] of named) {
    if (positional.has(name)) throw new EvaluationError("ARGUMENT_TWICE", `${functionName}() got '${name}' twice.`);
    positional.set(name, value);
  }
  checkNamed(functionName, signature, positional);
  return { rest, named: positional };
}

/** Runs the check of one argument; a refusal gets its index. */
function atArgument<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof EvaluationError) error.argument = index;
    throw error;
  }
}

/** A function sees its own arguments without their quotes; inside lists and dicts they stay. */
function unquoted(value: Element): Element {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "quoted" ? value.text : value;
}

function parameterAt(functionName: string, signature: Signature, index: number): string {
  const parameter = signature.parameters[index];
  if (parameter !== undefined) return parameter.name;
  const most = signature.parameters.length;
  throw new EvaluationError(
    "TOO_MANY_ARGUMENTS",
    `${functionName}() takes ${most} arguments at most.`,
    usage(functionName, signature),
  );
}

function checkNamed(functionName: string, signature: Signature, named: ReadonlyMap<string, Element>): void {
  for (const [name, value] of named) {
    const parameter = signature.parameters.find((item) => item.name === name);
    if (parameter === undefined)
      throw new EvaluationError(
        "UNKNOWN_ARGUMENT",
        `${functionName}() has no argument '${name}'.`,
        usage(functionName, signature),
      );
    checked(functionName, parameter.takes, { value, name });
  }
  const missing = signature.parameters.find((parameter) => parameter.isRequired && !named.has(parameter.name));
  if (missing !== undefined)
    throw new EvaluationError(
      "ARGUMENT_MISSING",
      `${functionName}() needs '${missing.name}'.`,
      usage(functionName, signature),
    );
}

function checked(
  functionName: string,
  takes: TypeSet,
  { value, name }: { readonly value: Element; readonly name?: string },
): Element {
  const kind = kindOf(value);
  if (takes.kinds === "any" || takes.kinds.has(kind)) return value;
  const which = name === undefined ? "" : ` for '${name}'`;
  throw new EvaluationError(
    "ARGUMENT_TYPE",
    `${functionName}() takes ${takes.words}${which}, found ${kindWords[kind]}.`,
  );
}

/** `range(start, [stop], [step])`. */
function usage(functionName: string, { rest, parameters }: Signature): string {
  const words = parameters.map(({ name, isRequired }) => (isRequired ? name : `[${name}]`));
  return `Write ${functionName}(${[...(rest === undefined ? [] : ["..."]), ...words].join(", ")}).`;
}
