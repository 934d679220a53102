/** Fills `${...}` in values of dvc.yaml (rules: dvc/parsing). */
import type { ReferencePart, Template, TemplateResult } from "../../../grammar/interpolation/ast.ts";
import { mayHoldReference } from "../../../grammar/interpolation/may-hold.ts";
import { NotLoaded } from "../../base/not-loaded.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import type { ArgumentStyle } from "../../project/project.ts";
import { argumentText } from "./arguments.ts";
import { TemplateProblem } from "./context.ts";
import { asText } from "./stage.ts";

/** Looks first here, then in the values of the file. */
export interface Scope {
  readonly values: ValueMap;
  /** `item` and `key` of a generated stage. */
  readonly generated?: ValueMap;
  /** Where `item` stands in the values of the file, if it stands there. */
  readonly itemPath?: readonly string[] | undefined;
}

export interface FillOptions {
  readonly templates: Templates;
  readonly scope: Scope;
  readonly style: ArgumentStyle;
  /** What a reference may stand for: any value (data of foreach and matrix), single values, or in a command also mappings. */
  readonly allows: "anything" | "single" | "command";
  /** Told what each reference stands for. */
  readonly used?: (reference: string, value: Value) => void;
  /** Told the path of each value of the file that is taken. */
  readonly taken?: (path: readonly string[], value: Value) => void;
}

const templateLimit = 20_000;

class TemplateParserNeeded extends NotLoaded {
  constructor(readonly load: () => Promise<void>) {
    super("the parser of templates");
  }
}

/** Parsed templates, kept for the files that one owner reads: the same text is the same template. */
export class Templates {
  private readonly known = new Map<string, Template>();
  private parse: ((text: string) => TemplateResult) | undefined;

  /** Throws TemplateProblem; NotLoaded at the first one, since most pipelines have none. */
  of(text: string): Template {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.parse === undefined)
      throw new TemplateParserNeeded(async () => {
        this.parse = (await import("../../../grammar/interpolation/parse.ts")).parseTemplate;
      });
    const result = this.parse(text);
    if (!result.ok) throw new TemplateProblem(`${text}\n${" ".repeat(result.issue.offset)}^ ${result.issue.message}`);
    if (this.known.size >= templateLimit) this.known.clear();
    this.known.set(text, result.template);
    return result.template;
  }
}

function step(value: Value, segment: string): Value | undefined {
  if (isMap(value)) return value.get(segment);
  if (isList(value) && /^-?\d+$/.test(segment)) return value.at(Number(segment));
  return undefined;
}

function lookUp({ scope, used, taken }: FillOptions, { path, inner }: ReferencePart): Value {
  const [first = "", ...rest] = path;
  const isGenerated = scope.generated?.has(first) === true;
  let value = isGenerated ? scope.generated?.get(first) : scope.values.get(first);
  for (const segment of rest) value = value === undefined ? undefined : step(value, segment);
  if (value === undefined) throw new TemplateProblem(`Could not find '${inner}'`);
  used?.(inner, value);
  if (!isGenerated) taken?.(path, value);
  else if (first === "item" && scope.itemPath !== undefined) taken?.([...scope.itemPath, ...rest], value);
  return value;
}

function typeName(value: Value): string {
  return isList(value) ? "list" : isMap(value) ? "dict" : typeof value;
}

function checkAllowed(value: Value, allows: FillOptions["allows"]): void {
  if (allows === "anything" || !(isList(value) || isMap(value)) || (isMap(value) && allows === "command")) return;
  throw new TemplateProblem(`Cannot interpolate data of type '${typeName(value)}'`);
}

function partText(value: Value, options: FillOptions): string {
  checkAllowed(value, options.allows);
  if (isMap(value)) return argumentText(value, options.style);
  if (isList(value)) throw new TemplateProblem("Cannot interpolate data of type 'list'");
  return asText(value);
}

/** A text that is one reference and nothing else keeps the type of its value. */
function fillText(text: string, options: FillOptions): Value {
  if (!mayHoldReference(text)) return text;
  const { parts } = options.templates.of(text);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "reference") {
    const value = lookUp(options, only);
    if (options.allows === "command") return partText(value, options);
    checkAllowed(value, options.allows);
    return value;
  }
  return parts.map((part) => (part.kind === "text" ? part.text : partText(lookUp(options, part), options))).join("");
}

/** The value with every reference in it filled, keys of mappings too. Throws TemplateProblem. */
export function fill(value: Value, options: FillOptions): Value {
  if (typeof value === "string") return fillText(value, options);
  if (isList(value)) return value.map((item) => fill(item, options));
  if (!isMap(value)) return value;
  const filled = new Map<Scalar, Value>();
  for (const [key, item] of value)
    filled.set(typeof key === "string" ? asText(fillText(key, options)) : key, fill(item, options));
  return filled;
}

/** Whether a reference occurs anywhere in a value. */
export function holdsReference(value: Value, templates: Templates): boolean {
  const holds = (inner: Value) => holdsReference(inner, templates);
  if (typeof value === "string")
    return mayHoldReference(value) && templates.of(value).parts.some((part) => part.kind === "reference");
  if (isList(value)) return value.some(holds);
  return isMap(value) && [...value].some(([key, item]) => holds(key) || holds(item));
}
