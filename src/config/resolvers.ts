/** OmegaConf's own resolvers: `${oc.env:HOME,none}` and the like (omegaconf 2.3, resolvers/oc). */
import { pythonRepr } from "../base/python.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { readComposedFile } from "../params/config-file.ts";
import { plainValue } from "../params/text/located.ts";
import { InterpolationFailure, type InterpolationOptions, type Located } from "./interpolation.ts";
import { isMissing } from "./node.ts";

export interface ResolverContext {
  readonly environment: InterpolationOptions["environment"];
  warn(message: string): void;
  /** Of the value that holds the call, for messages. */
  readonly key: string;
  select(key: string): Located | undefined;
  decode(text: string): Value;
  valueOf(located: Located): Value;
}

export type ResolverResult =
  | { readonly kind: "bare"; readonly value: Value }
  | { readonly kind: "container"; readonly value: Value }
  | { readonly kind: "located"; readonly located: Located };

export type Resolver = (args: readonly Value[], context: ResolverContext) => ResolverResult;

const value = (result: Value): ResolverResult => ({ kind: "bare", value: result });
const container = (result: Value): ResolverResult => ({ kind: "container", value: result });

function fail(message: string, hint?: string): never {
  throw new InterpolationFailure("CONFIG_INTERPOLATION", message, hint);
}

/** Refuses a wrong number of arguments. */
/** The arguments, where they are as many as a resolver takes: a number, or the least and the most. */
function counted(name: string, args: readonly Value[], takes: readonly [number, number?]): readonly Value[] {
  const [least, most = least] = takes;
  if (args.length >= least && args.length <= most) return args;
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return fail(`${name} takes ${range} arguments, found ${args.length}`);
}

function textArgument(name: string, argument: Value | undefined): string {
  if (typeof argument === "string") return argument;
  return fail(`${name} takes a text first, found ${pythonRepr(argument ?? null)}`);
}

const env: Resolver = (args, { environment }) => {
  const [variable, fallback] = counted("oc.env", args, [1, 2]);
  const name = textArgument("oc.env", variable);
  const found = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (found !== undefined) return value(found);
  if (fallback === undefined)
    return fail(`Environment variable '${name}' not found`, `Give a default: \${oc.env:${name},...}`);
  return value(fallback === null || typeof fallback === "string" ? fallback : pythonRepr(fallback));
};

const select: Resolver = (args, context) => {
  const [key, fallback = null] = counted("oc.select", args, [1, 2]);
  try {
    const found = context.select(textArgument("oc.select", key));
    return found === undefined ? value(fallback) : { kind: "located", located: found };
  } catch (error) {
    // A value that is ??? counts as none.
    if (error instanceof InterpolationFailure && error.code === "CONFIG_MISSING_VALUE") return value(fallback);
    throw error;
  }
};

const decode: Resolver = (args, context) => {
  const [text = null] = counted("oc.decode", args, [1]);
  if (text === null) return value(null);
  return value(context.decode(textArgument("oc.decode", text)));
};

const create: Resolver = (args) => {
  const [made = null] = counted("oc.create", args, [1]);
  const content = typeof made === "string" ? readYaml(made) : made;
  if (content === null || isMap(content) || isList(content)) return container(content);
  if (typeof content === "string") return container(new Map([[content, null]]));
  return fail(`oc.create takes a mapping, a list or YAML, found ${pythonRepr(content)}`);
};

/** A text is read as YAML: what OmegaConf.create does with one. */
function readYaml(text: string): Value {
  const { root } = readComposedFile({ path: "oc.create", bytes: new TextEncoder().encode(text) });
  return root === undefined ? new Map() : plainValue(root);
}

function dictOf(name: string, args: readonly Value[], context: ResolverContext): Located {
  const [key] = counted(name, args, [1]);
  const text = textArgument(name, key);
  const found = context.select(text);
  if (found === undefined) return fail(`Key not found: '${text}'`);
  if (found.node.kind !== "map" || found.isBare) return fail(`${name} takes the key of a mapping; '${text}' is none`);
  return found;
}

const dictKeys: Resolver = (args, context) => {
  const { node } = dictOf("oc.dict.keys", args, context);
  return container(node.kind === "map" ? [...node.entries.keys()] : []);
};

const dictValues: Resolver = (args, context) => {
  const found = dictOf("oc.dict.values", args, context);
  const missing = found.node.kind === "map" ? [...found.node.entries].find(([, item]) => isMissing(item)) : undefined;
  if (missing !== undefined)
    throw new InterpolationFailure("CONFIG_MISSING_VALUE", `Missing mandatory value: ${String(missing[0])}`);
  const plain = context.valueOf(found);
  return container(plain instanceof Map ? [...plain.values()] : []);
};

const deprecated: Resolver = (args, context) => {
  const [key, message] = counted("oc.deprecated", args, [1, 2]);
  const newKey = textArgument("oc.deprecated", key);
  const located = context.select(newKey);
  if (located === undefined) return fail(`In oc.deprecated resolver at '${context.key}': Key not found: '${newKey}'`);
  const text =
    message === undefined
      ? "'$OLD_KEY' is deprecated. Change your code and config to use '$NEW_KEY'"
      : textArgument("oc.deprecated", message);
  context.warn(text.replaceAll("$OLD_KEY", context.key).replaceAll("$NEW_KEY", located.path.map(String).join(".")));
  return { kind: "located", located };
};

export const resolvers: Readonly<Record<string, Resolver>> = {
  "oc.env": env,
  "oc.select": select,
  "oc.decode": decode,
  "oc.create": create,
  "oc.dict.keys": dictKeys,
  "oc.dict.values": dictValues,
  "oc.deprecated": deprecated,
};
