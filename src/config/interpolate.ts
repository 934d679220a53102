/**
 * Interpolations of a merged config: `${a.b}`, `${.sibling}`, `${oc.env:HOME}` (omegaconf 2.3, base.py and
 * grammar_visitor.py). What a reference names is resolved in its own place, so that relative ones in it keep their meaning.
 */
import type {
  CallNode,
  ElementNode,
  InterpolationNode,
  ReferenceNode,
  Segment,
  TextNode,
} from "../../grammar/config-interpolation/ast.ts";
import { hasInterpolation, parseElement } from "../../grammar/config-interpolation/parse.ts";
import { SweeplineError } from "../base/errors.ts";
import { pythonRepr } from "../base/python.ts";
import type { Scalar, Value } from "../base/value.ts";
import { InterpolationFailure, type InterpolationOptions, type Located } from "./interpolation.ts";
import { childOf, isMissing, listNode, mapNode, nodeAt, nodeOf, plainNode, scalarNode, splitKey } from "./node.ts";
import { isOpen, parseOnce, sizeOf } from "./open-nodes.ts";
import { resolvers } from "./resolvers.ts";
import { problemOf } from "./source.ts";
import type { ConfigNode, ListNode, MapNode, Path, Source } from "./types.ts";

/** References that lead to references: longer chains are a mistake, and would end at the stack's end. */
const maxDepth = 200;
/** Values that references repeat, and characters of one text: no config that somebody wrote has as many. */
const maxRepeated = 100_000;
const maxTextLength = 1_000_000;

/** The interpolations of one config. */
export class Interpolation {
  private readonly resolved = new Map<string, ConfigNode>();
  private readonly running = new Set<string>();
  private readonly warned = new Set<string>();
  /** Texts with interpolations that values have become (`\\${a}` is `${a}` then): who refers to one resolves it once more. */
  private readonly become = new Map<string, string>();
  private repeated = 0;

  constructor(
    private readonly root: ConfigNode,
    readonly options: InterpolationOptions,
  ) {}

  /** The node with all its interpolations resolved. Throws SweeplineError with the place of the first that fails. */
  resolve(node: ConfigNode, path: Path): ConfigNode {
    if (!isOpen(node)) return node;
    if (node.kind !== "scalar") return this.once(path, node.source, () => this.resolveItems(node, path));
    try {
      const { node: found } = this.follow({ node, path, isResolved: false });
      if (found.kind !== "scalar") return { ...found, source: node.source };
      if (typeof found.value === "string" && hasInterpolation(found.value)) this.become.set(idOf(path), found.value);
      return scalarNode(found.value, node.source);
    } catch (error) {
      if (!(error instanceof InterpolationFailure)) throw error;
      if (error.code === "CONFIG_MISSING_VALUE" && this.options.missing === "keep")
        return scalarNode("???", node.source);
      throw failureAt({ source: node.source, path }, error, String(node.value));
    }
  }

  /** A text resolved as if it stood at a path. @throws InterpolationFailure, also where it gives no text */
  textAt(text: string, path: Path): string {
    const { node } = this.evaluateText(text, { node: scalarNode(text, { kind: "hydra" }), path, isResolved: false });
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    throw new InterpolationFailure(
      "CONFIG_INTERPOLATION",
      `'${text}' gives ${pythonRepr(plainNode(node))}, not a text`,
    );
  }

  /** What stands at a path, interpolations on the way followed; undefined for nothing and for `???`. @throws InterpolationFailure */
  locate(path: Path): Located | undefined {
    let current: Located = { node: this.root, path: [], isResolved: false };
    for (const key of path) {
      if (current.node.kind === "list" && !/^-?\d+$/.test(String(key)))
        throw new InterpolationFailure("CONFIG_INTERPOLATION", `'${String(key)}' is not an index of a list`);
      const node = current.isBare ? undefined : childOf(current.node, key);
      if (node === undefined || isMissing(node)) return undefined;
      current = this.dereference({ node, path: [...current.path, key], isResolved: current.isResolved });
    }
    return current;
  }

  /** The mapping or list that a node leads to where it is an interpolation; what is in it stays open. Undefined for any other. */
  containerOf(node: ConfigNode, path: Path): ConfigNode | undefined {
    try {
      const { node: target, isBare } = this.dereference({ node, path, isResolved: false });
      return isBare || target.kind === "scalar" ? undefined : target;
    } catch (error) {
      if (error instanceof InterpolationFailure || error instanceof SweeplineError) return undefined;
      throw error;
    }
  }

  private resolveItems(node: MapNode | ListNode, path: Path): ConfigNode {
    if (node.kind === "list")
      return listNode(
        node.items.map((item, index) => this.resolve(item, [...path, BigInt(index)])),
        node.source,
      );
    const entries = new Map<Scalar, ConfigNode>();
    for (const [key, item] of node.entries) entries.set(key, this.resolve(item, [...path, key]));
    return mapNode(entries, node.source);
  }

  private once(path: Path, source: Source, work: () => ConfigNode): ConfigNode {
    const id = idOf(path);
    const known = this.resolved.get(id);
    if (known !== undefined) return known;
    if (this.running.has(id) || this.running.size > maxDepth)
      throw failureAt({ source, path }, circle(), path.map(String).join("."));
    this.running.add(id);
    try {
      const node = work();
      this.resolved.set(id, node);
      return node;
    } finally {
      this.running.delete(id);
    }
  }

  /** Resolved to the end. */
  private follow(located: Located): Located {
    const found = this.dereference(located);
    if (found.isResolved || !isOpen(found.node)) return this.counted(found);
    const node = this.once(found.path, found.node.source, () => this.resolveContainer(found));
    return this.counted({ node, path: found.path, isResolved: true });
  }

  private resolveContainer({ node, path }: Located): ConfigNode {
    return node.kind === "scalar" ? node : this.resolveItems(node, path);
  }

  private counted(located: Located): Located {
    if (located.node.kind !== "scalar") this.repeated += sizeOf(located.node);
    if (this.repeated > maxRepeated)
      throw new InterpolationFailure(
        "CONFIG_INTERPOLATION",
        `interpolations repeat more than ${maxRepeated} values`,
        "References to mappings that hold references to mappings multiply.",
      );
    return located;
  }

  /** A node that is no interpolation: the node itself, or what it leads to. */
  private dereference(located: Located): Located {
    const { node, path, isResolved } = located;
    if (isResolved || node.kind !== "scalar" || typeof node.value !== "string" || !hasInterpolation(node.value))
      return located;
    const id = idOf(path);
    if (this.running.has(id) || this.running.size > maxDepth) throw circle();
    this.running.add(id);
    try {
      return this.evaluateText(this.become.get(id) ?? node.value, located);
    } finally {
      this.running.delete(id);
    }
  }

  private evaluateText(text: string, holder: Located): Located {
    const outcome = parseOnce(text);
    if (!outcome.ok) throw new InterpolationFailure("CONFIG_INTERPOLATION", `'${text}': ${outcome.issue.message}`);
    return this.evaluateParts(outcome.tree.parts, holder);
  }

  private evaluateParts(parts: TextNode["parts"], holder: Located): Located {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined && typeof only !== "string") return this.evaluate(only, holder);
    return this.made(this.join(parts, holder), holder);
  }

  private join(parts: TextNode["parts"], holder: Located): string {
    const text = parts
      .map((part) => (typeof part === "string" ? part : this.textOf(this.evaluate(part, holder))))
      .join("");
    if (text.length <= maxTextLength) return text;
    throw new InterpolationFailure("CONFIG_INTERPOLATION", `the text grows beyond ${maxTextLength} characters`);
  }

  /** As Python's str() writes it: None, True, 1.0. Mappings and lists are written as they are, interpolations and all. */
  private textOf({ node }: Located): string {
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    return pythonRepr(plainNode(node));
  }

  /** A value that was made here and stands nowhere else. */
  private made(value: Value, { node, path }: Located): Located {
    return { node: nodeOf(value, node.source), path, isResolved: true };
  }

  private evaluate(node: InterpolationNode, holder: Located): Located {
    return node.kind === "reference" ? this.reference(node, holder) : this.call(node, holder);
  }

  private reference({ dots, path }: ReferenceNode, holder: Located): Located {
    const keys = path.flatMap((segment) => splitKey(this.segment(segment, holder, "a key")));
    const base = this.baseOf(dots, holder.path);
    if (base === undefined)
      throw unknownKey(".".repeat(dots) + keys.join("."), "It leads above the top of the config.");
    const found = this.walk(base, keys);
    if (found === undefined) throw unknownKey(keys.join("."), this.hintFor(base, keys));
    if (found.node.kind !== "scalar" && !found.isResolved && isPrefix(found.path, holder.path))
      throw new InterpolationFailure("CONFIG_INTERPOLATION", "Interpolation to parent node detected");
    return found;
  }

  private hintFor(base: Path, keys: readonly string[]): string | undefined {
    if (keys[0] === "hydra" && base.length === 0)
      return "The settings of Hydra itself are no part of the composed config.";
    const above = this.walk(base, keys.slice(0, -1));
    if (above?.node.kind !== "map" || above.node.entries.size === 0) return undefined;
    const names = [...above.node.entries.keys()].slice(0, 20).map(String);
    return `There ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}.`;
  }

  private segment(segment: Segment, holder: Located, what: string): string {
    if (typeof segment === "string") return segment;
    const { node } = this.follow(this.evaluate(segment, holder));
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    const found = pythonRepr(plainNode(node));
    throw new InterpolationFailure(
      "CONFIG_INTERPOLATION",
      `an interpolation within ${what} must give a text, found ${found}`,
    );
  }

  /** No dot counts from the top; the first from the container around the value, each more from the one around that. */
  private baseOf(dots: number, path: Path): Path | undefined {
    if (dots === 0) return [];
    return dots > path.length ? undefined : path.slice(0, path.length - dots);
  }

  private walk(base: Path, keys: readonly string[]): Located | undefined {
    const start = nodeAt(this.root, base);
    let current: Located | undefined = start === undefined ? undefined : { node: start, path: base, isResolved: false };
    for (const key of keys) {
      const node = current === undefined || current.isBare ? undefined : childOf(current.node, key);
      if (current === undefined || node === undefined) return undefined;
      const path: Path = [...current.path, current.node.kind === "list" ? BigInt(key) : key];
      if (isMissing(node))
        throw new InterpolationFailure(
          "CONFIG_MISSING_VALUE",
          `Missing mandatory value: ${path.map(String).join(".")}`,
          "It is ??? in the config: give it a value.",
        );
      current = this.dereference({ node, path, isResolved: current.isResolved });
    }
    return current;
  }

  private call(node: CallNode, holder: Located): Located {
    const name = node.name.map((segment) => this.segment(segment, holder, "a resolver's name")).join(".");
    const args = node.args.map((arg) => this.element(arg, holder));
    const resolver = Object.hasOwn(resolvers, name) ? resolvers[name] : undefined;
    if (resolver === undefined) throw unknownResolver(name);
    const result = resolver(args, {
      environment: this.options.environment,
      warn: (message) => this.warnOnce(message),
      key: holder.path.map(String).join("."),
      select: (key) => this.select(key, holder),
      decode: (text) => this.decode(text, holder),
      valueOf: (located) => plainNode(this.follow(located).node),
    });
    if (result.kind === "located") return result.located;
    const made = this.made(result.value, holder);
    return result.kind === "bare" ? { ...made, isBare: true } : made;
  }

  private warnOnce(message: string): void {
    if (!this.warned.has(message)) this.options.warn?.(message);
    this.warned.add(message);
  }

  /** The node that a resolver's key argument names, from the top or (with dots) from around the value. */
  private select(key: string, holder: Located): Located | undefined {
    const dots = /^\.*/.exec(key)?.[0].length ?? 0;
    const base = this.baseOf(dots, holder.path);
    if (base === undefined) throw unknownKey(key, "It leads above the top of the config.");
    return this.walk(base, splitKey(key.slice(dots)));
  }

  private decode(text: string, holder: Located): Value {
    const outcome = parseElement(text);
    if (outcome.ok) return this.element(outcome.tree, holder);
    throw new InterpolationFailure("CONFIG_INTERPOLATION", `oc.decode cannot read '${text}': ${outcome.issue.message}`);
  }

  private element(element: ElementNode, holder: Located): Value {
    switch (element.kind) {
      case "text":
        return plainNode(this.follow(this.evaluateParts(element.parts, holder)).node);
      case "quoted":
        return this.join(element.parts, holder);
      case "list":
        return element.items.map((item) => this.element(item, holder));
      case "dict":
        return new Map(element.entries.map(([key, item]) => [this.key(key, holder), this.element(item, holder)]));
      case "int":
        return integerOf(element.source);
      case "float":
        return floatOf(element.source);
      case "bool":
        return element.source.toLowerCase() === "true";
      case "null":
        return null;
    }
  }

  private key(element: ElementNode, holder: Located): Scalar {
    const key = this.element(element, holder);
    if (typeof key !== "object" || key === null) return key;
    throw new InterpolationFailure("CONFIG_INTERPOLATION", "a key must be a single value");
  }
}

/** Python refuses to read longer ones; the time grows with their square. */
const maxIntDigits = 4300;

function integerOf(source: string): bigint {
  if (source.length <= maxIntDigits) return BigInt(source.replace(/[_+]/g, ""));
  throw new InterpolationFailure("CONFIG_INTERPOLATION", `an integer has more than ${maxIntDigits} digits`);
}

function floatOf(source: string): number {
  const plain = source.replaceAll("_", "").toLowerCase();
  const word = /^([+-]?)(inf|nan)$/.exec(plain);
  if (word === null) return Number(plain);
  return word[2] === "nan" ? Number.NaN : word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const idOf = (path: Path): string => [path.length, ...path.map(String)].join("\0");
const isPrefix = (short: Path, long: Path): boolean => short.every((key, index) => String(key) === String(long[index]));

function circle(): InterpolationFailure {
  return new InterpolationFailure("CONFIG_INTERPOLATION", "the interpolations go round in a circle");
}

function unknownKey(key: string, hint: string | undefined): InterpolationFailure {
  return new InterpolationFailure("CONFIG_INTERPOLATION", `Interpolation key '${key}' not found`, hint);
}

/** Resolvers that Hydra itself brings: why they are none here, and what to write. */
const ownHints: Readonly<Record<string, string>> = {
  hydra: "The settings of Hydra itself are no part of the composed config.",
  now: "The time would make every run another experiment. Take it in the stage's command, or give it as a value: day=2026-01-31.",
  python_version:
    "No Python composes the config here. Write the version as a value, or ask for it in the stage's command.",
};

function unknownResolver(name: string): InterpolationFailure {
  const hint =
    ownHints[name] ?? `Resolvers made in Python are out of reach; there are: ${Object.keys(resolvers).join(", ")}.`;
  return new InterpolationFailure("CONFIG_INTERPOLATION", `Unsupported interpolation type ${name}`, hint);
}

interface FailurePlace {
  readonly source: Source;
  readonly path: Path;
}

function failureAt({ source, path }: FailurePlace, { code, message, hint }: InterpolationFailure, text: string): Error {
  const key = path.map(String).join(".");
  const where = key === "" ? "" : ` (${key}: ${text.length > 80 ? `${text.slice(0, 77)}...` : text})`;
  return problemOf(source, { code, message: message + where, ...(hint === undefined ? {} : { hint }) });
}
