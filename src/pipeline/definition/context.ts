/** The values that templates of a dvc.yaml see: params.yaml, `vars`, and in generated stages `item` and `key`. */
import path from "node:path";
import { isMap, type Scalar, type Value, type ValueMap, valueAt } from "../../base/value.ts";
import { defaultParamsFile } from "../../params/default-file.ts";

/** What is wrong with a template or its values; the caller adds where. */
export class TemplateProblem extends Error {
  /** @param missing the file whose absence it is, absolute */
  constructor(
    message: string,
    readonly missing?: string,
  ) {
    super(message);
  }
}

/** The values of a parameter file (absolute path), the same object as long as the file is the same; undefined where there is none. */
export type ReadTemplateFile = (file: string) => Value | undefined;

export interface Context {
  readonly values: ValueMap;
  /** Where the value at a dotted path came from. */
  readonly sources: ReadonlyMap<string, string>;
  /** Files that were read: all of it (null) or some keys. */
  readonly files: ReadonlyMap<string, ReadonlySet<string> | null>;
  /** The absolute paths of sources that are files. */
  readonly paths: ReadonlyMap<string, string>;
}

export const emptyContext: Context = { values: new Map(), sources: new Map(), files: new Map(), paths: new Map() };

interface Merge {
  /** The dotted path of what is merged; "" for the whole. */
  readonly at: string;
  readonly source: string;
  readonly sources: Map<string, string>;
}

/** Both mappings in one; a key in both must be a mapping in both. Names that are not strings can't be referred to. */
function mergeMaps(into: ValueMap, from: ValueMap, merge: Merge): ValueMap {
  const merged = new Map<Scalar, Value>(into);
  for (const [key, value] of from) {
    if (typeof key !== "string") continue;
    const place = merge.at === "" ? key : `${merge.at}.${key}`;
    const known = merged.get(key);
    if (isMap(known) && isMap(value)) merged.set(key, mergeMaps(known, value, { ...merge, at: place }));
    else if (merged.has(key))
      throw new TemplateProblem(
        `cannot redefine '${place}' from '${merge.source}' as it already exists in '${sourceOf(merge.sources, place)}'`,
      );
    else {
      merged.set(key, value);
      merge.sources.set(place, merge.source);
    }
  }
  return merged;
}

/** Sources are kept for the topmost key that a merge brought in. */
function sourceOf(sources: ReadonlyMap<string, string>, place: string): string {
  for (let at = place; at !== ""; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
    const source = sources.get(at);
    if (source !== undefined) return source;
  }
  return "vars";
}

function withValues(context: Context, values: ValueMap, source: string): Context {
  const sources = new Map(context.sources);
  return { ...context, values: mergeMaps(context.values, values, { at: "", source, sources }), sources };
}

function selectKeys(values: ValueMap, keys: readonly string[], file: string): ValueMap {
  return new Map(
    keys.map((key): [Scalar, Value] => {
      const value = values.get(key);
      if (value === undefined) throw new TemplateProblem(`could not find '${key}' in '${file}'`);
      return [key, value];
    }),
  );
}

interface NamedFile {
  readonly absolute: string;
  /** null: all. */
  readonly keys: readonly string[] | null;
}

function checkNotLoaded(context: Context, item: string, { absolute, keys }: NamedFile): void {
  const loaded = context.files.get(absolute);
  if (loaded === undefined) return;
  if (keys !== null && loaded === null)
    throw new TemplateProblem(`cannot partially load '${item}' as it's already loaded.`);
  if (keys === null || keys.some((key) => loaded?.has(key)))
    throw new TemplateProblem(`cannot load '${item}' as it's partially loaded already`);
}

export interface VarsPlace {
  /** Absolute: file names are relative to it. */
  readonly folder: string;
  readonly read: ReadTemplateFile;
  /** The stage's name, for vars of a stage. */
  readonly stage?: string;
  /** `item` and `key` of a generated stage, which its vars may not set. */
  readonly reserved?: readonly Scalar[];
}

function refuseReserved({ reserved = [] }: VarsPlace, values: ValueMap, file?: string): void {
  const found = reserved.filter((key) => values.has(key));
  if (found.length === 0) return;
  const keys = `key${found.length > 1 ? "s" : ""} ${found.join(" and ")}`;
  throw new TemplateProblem(`attempted to modify reserved ${keys}${file === undefined ? "" : ` in '${file}'`}`);
}

function withFile(context: Context, item: string, place: VarsPlace): Context {
  const colon = item.indexOf(":");
  const file = colon < 0 ? item : item.slice(0, colon);
  const names =
    colon < 0
      ? []
      : item
          .slice(colon + 1)
          .split(",")
          .filter((name) => name !== "");
  const keys = names.length === 0 ? null : names;
  const absolute = path.resolve(place.folder, file);
  // A whole file may be named again.
  if (keys === null && context.files.get(absolute) === null) return context;
  checkNotLoaded(context, item, { absolute, keys });
  const values = place.read(absolute);
  if (values === undefined) throw new TemplateProblem(`'${file}' does not exist`, absolute);
  if (!isMap(values)) throw new TemplateProblem(`expected a dictionary in file '${file}'`);
  const chosen = keys === null ? values : selectKeys(values, keys, file);
  refuseReserved(place, chosen, item);
  const merged = withValues(context, chosen, file);
  const files = new Map(context.files);
  const before = files.get(absolute);
  files.set(absolute, keys === null ? null : new Set([...(before ?? []), ...keys]));
  return { ...merged, files, paths: new Map(context.paths).set(file, absolute) };
}

/** The context with the entries of a `vars` list: files, `file:key,key`, mappings. Throws TemplateProblem. */
export function withVars(context: Context, vars: readonly Value[], place: VarsPlace): Context {
  return vars.reduce<Context>((all, item, index) => {
    if (typeof item === "string") return withFile(all, item, place);
    const prefix = place.stage === undefined ? "" : `${place.stage}.`;
    if (!isMap(item)) return all;
    refuseReserved(place, item);
    return withValues(all, item, `${prefix}vars[${index}]`);
  }, context);
}

/** The file (absolute) that the value at a path was read from; undefined for values of dvc.yaml itself. */
export function fileOf({ sources, paths }: Context, place: readonly string[]): string | undefined {
  return paths.get(sourceOf(sources, place.join(".")));
}

/** What `vars` brought in beside params.yaml, by dotted key. */
export function varsOf({ values, sources }: Context): ReadonlyMap<string, Value> {
  const vars = new Map<string, Value>();
  for (const [place, source] of sources) {
    const value = source === defaultParamsFile ? undefined : valueAt(values, place);
    if (value !== undefined) vars.set(place, value);
  }
  return vars;
}

/** The context of a whole file: params.yaml beside it, where there is one, then its `vars`. */
export function fileContext(vars: readonly Value[], place: VarsPlace): Context {
  const hasParams = place.read(path.join(place.folder, defaultParamsFile)) !== undefined;
  return withVars(hasParams ? withFile(emptyContext, defaultParamsFile, place) : emptyContext, vars, place);
}
