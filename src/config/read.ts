/** One config file: its values, its defaults list, its package header. Each is read and parsed once. */
import { SweeplineError } from "../base/errors.ts";
import { readComposedFile, type SourceText } from "../params/config-file.ts";
import { mapNode, nodeOfFile, scalarNode } from "./node.ts";
import { problemOf } from "./source.ts";
import type {
  ConfigFile,
  ConfigNode,
  ConfigTree,
  DefaultsEntry,
  MapNode,
  MergedFiles,
  ScalarNode,
  Source,
} from "./types.ts";

/** More choices than that in one sweep are merged again: they would fill the memory. */
const maxMerged = 500;

/** The files of a tree as they are asked for, and what was merged of them: shared by all points of a sweep. */
export class ConfigFiles {
  private readonly known = new Map<string, ConfigFile | undefined>();
  private readonly groups = new Map<string, boolean>();
  private readonly merged = new Map<string, MergedFiles>();

  constructor(readonly tree: ConfigTree) {}

  /** The config of that name, or undefined where there is none. Throws SweeplineError where it cannot be read. */
  load(name: string): ConfigFile | undefined {
    if (!this.known.has(name)) this.known.set(name, this.read(name));
    return this.known.get(name);
  }

  isGroup(name: string): boolean {
    const known = this.groups.get(name) ?? this.tree.isGroup(name);
    this.groups.set(name, known);
    return known;
  }

  /** @param id of the choices that the files are merged for */
  mergedOnce(id: string, merge: () => MergedFiles): MergedFiles {
    const known = this.merged.get(id);
    if (known !== undefined) return known;
    const made = merge();
    if (this.merged.size >= maxMerged) this.merged.clear();
    this.merged.set(id, made);
    return made;
  }

  private read(name: string): ConfigFile | undefined {
    const found = this.tree.read(name);
    if (found === undefined) return undefined;
    const { source, root } = readComposedFile(found);
    const top: Source = { kind: "file", file: source, offset: 0 };
    const node = root === undefined ? mapNode(new Map(), top) : nodeOfFile(root, source);
    return configFile(name, source, node.kind === "scalar" ? fromScalar(node, top) : node);
  }
}

/** As OmegaConf.load: null is an empty config, a lone word a key without value. */
function fromScalar(node: ScalarNode, top: Source): ConfigNode {
  if (node.value === null) return mapNode(new Map(), top);
  return typeof node.value === "string" ? mapNode(new Map([[node.value, scalarNode(null, top)]]), top) : node;
}

function configFile(name: string, source: SourceText, node: ConfigNode): ConfigFile {
  const packageHeader = readPackageHeader(source);
  if (node.kind === "scalar")
    throw problemOf(node.source, { code: "CONFIG_NOT_A_MAPPING", message: "a config holds a mapping or a list" });
  refuseNullKeys(node);
  if (node.kind === "list") return { name, source, content: node, defaults: [], packageHeader };
  const entries = new Map(node.entries);
  const defaults = entries.get("defaults");
  entries.delete("defaults");
  const content = mapNode(entries, node.source);
  return { name, source, content, defaults: defaults === undefined ? [] : readDefaults(defaults), packageHeader };
}

function refuseNullKeys(node: ConfigNode): void {
  if (node.kind === "scalar") return;
  if (node.kind === "list") {
    for (const item of node.items) refuseNullKeys(item);
    return;
  }
  for (const [key, value] of node.entries) {
    if (key === null)
      throw problemOf(value.source, {
        code: "CONFIG_BAD_KEY",
        message: "null cannot be a key",
        hint: "Quote it: 'null'.",
      });
    refuseNullKeys(value);
  }
}

/** `# @package foo.bar` among the comments at the top, as Hydra looks for it. */
function readPackageHeader({ text, path }: SourceText): string | null {
  let found: string | null = null;
  for (const line of text.slice(0, 512).split(/\r\n|[\n\r]/)) {
    const words = line.trim();
    if (words === "" || words === "\ufeff") continue;
    if (!/^#\s*@/.test(words)) break;
    const [key, value, ...more] = words.replace(/^#+/, "").trim().split(/ +/);
    if (value === undefined || more.length > 0)
      throw new SweeplineError({
        code: "CONFIG_BAD_HEADER",
        message: `'${path}': the header '${words}' must be a key and a value: # @package foo.bar`,
      });
    if (key === "@package") found = value;
  }
  return found;
}

function readDefaults(node: ConfigNode): readonly DefaultsEntry[] {
  if (node.kind === "list") return node.items.map(readEntry);
  const found = node.kind === "map" ? "a mapping" : "a single value";
  throw problemOf(node.source, {
    code: "CONFIG_BAD_DEFAULTS",
    message: `'defaults' must be a list, not ${found}`,
    hint: "Write: defaults: [_self_, group: option]",
  });
}

function readEntry(node: ConfigNode): DefaultsEntry {
  if (node.kind === "map") return readGroup(node);
  if (node.kind === "scalar" && typeof node.value === "string") return readConfigEntry(node.value, node.source);
  throw problemOf(node.source, {
    code: "CONFIG_BAD_DEFAULTS",
    message: "an entry of a defaults list is a config's name or 'group: option'",
  });
}

function readConfigEntry(text: string, source: Source): DefaultsEntry {
  const { name, package: packageName } = splitPackage(text);
  if (name !== "_self_") return { kind: "config", path: name, package: packageName, optional: false };
  if (packageName === null) return { kind: "self" };
  throw problemOf(source, { code: "CONFIG_BAD_DEFAULTS", message: "'_self_' takes no package" });
}

function readGroup(node: MapNode): DefaultsEntry {
  const [entry, ...others] = node.entries;
  if (entry === undefined || others.length > 0 || typeof entry[0] !== "string")
    throw problemOf(node.source, {
      code: "CONFIG_BAD_DEFAULTS",
      message: "an entry of a defaults list has one key: the group",
      hint: "Put each group behind a dash of its own.",
    });
  const [key, value] = entry;
  const { name, package: packageName } = splitPackage(key);
  const words = name.split(" ");
  const group = words.at(-1) ?? "";
  const keywords = leadingKeywords(words.slice(0, -1));
  if (group === "") throw problemOf(node.source, { code: "CONFIG_BAD_DEFAULTS", message: "the group has no name" });
  return { kind: "group", group, value: groupValue(value), package: packageName, ...keywords };
}

function leadingKeywords(words: readonly string[]): { readonly optional: boolean; readonly override: boolean } {
  const end = words.findIndex((word) => word !== "optional" && word !== "override");
  const keywords = end < 0 ? words : words.slice(0, end);
  return { optional: keywords.includes("optional"), override: keywords.includes("override") };
}

function groupValue(node: ConfigNode): string | null | readonly string[] {
  if (node.kind === "scalar" && (node.value === null || typeof node.value === "string")) return node.value;
  if (node.kind === "list") {
    const names = node.items.map((item) => (item.kind === "scalar" ? item.value : undefined));
    if (names.every((name): name is string => typeof name === "string")) return names;
  }
  throw problemOf(node.source, {
    code: "CONFIG_BAD_DEFAULTS",
    message: "what a group chooses is a name or a list of names",
    hint: "Put a name that reads as a number or true into quotes.",
  });
}

/** `db@backup`: the group or config, and the package. `_here_` is the package of the config itself. */
function splitPackage(text: string): { readonly name: string; readonly package: string | null } {
  const at = text.indexOf("@");
  if (at < 0) return { name: text, package: null };
  const packageName = text.slice(at + 1).split(":")[0] ?? "";
  return { name: text.slice(0, at), package: packageName === "_here_" ? "" : packageName };
}
