/**
 * Which files, in which order, to which packages: the resolved defaults list (hydra 1.3, _internal/defaults_list.py).
 * Lists are read from their last entry to the first, so that an `override` further down is known before its group is met.
 */
import { SweeplineError } from "../base/errors.ts";
import { Choices } from "./choices.ts";
import { Interpolation } from "./interpolate.ts";
import { InterpolationFailure } from "./interpolation.ts";
import { mapNode, scalarNode } from "./node.ts";
import {
  type Base,
  configPath,
  type FileEntry,
  finalPackage,
  type GroupEntry,
  groupPath,
  isInterpolated,
  optionOf,
  overrideKey,
  type Placed,
  place,
} from "./placed.ts";
import type { ConfigFiles } from "./read.ts";
import { refuse } from "./source.ts";
import type { ConfigFile, ConfigOverride, DefaultsEntry, ResolvedDefault, Source } from "./types.ts";

export interface DefaultsRequest {
  readonly files: ConfigFiles;
  /** null for no config at all: then there is only what overrides bring. */
  readonly configName: string | null;
  readonly overrides: readonly ConfigOverride[];
  /** A group that is `???` and not chosen: refuse (the default), or leave out, before a sweep chooses. */
  readonly notChosen?: "refuse" | "leave-out";
}

export interface Defaults {
  readonly list: readonly ResolvedDefault[];
  readonly choices: ReadonlyMap<string, string | null>;
  /** The overrides that are not about groups. */
  readonly valueOverrides: readonly ConfigOverride[];
}

/** Throws SweeplineError (CONFIG_...) for what is missing, chosen twice or never used. */
export function resolveDefaults(request: DefaultsRequest): Defaults {
  const choices = new Choices(request.files, request.overrides);
  const walk = new Walk(request.files, choices, request.notChosen ?? "refuse");
  // Hydra's own config comes first in the result and is read last: a project's config may override its groups.
  const project = walk.primary(request.configName);
  const hydra = walk.entry({ kind: "config", path: "hydra/config", package: null, optional: false });
  const list = [...hydra, ...project];
  checkListedOnce(list);
  choices.checkAllUsed();
  return { list, choices: choices.known, valueOverrides: choices.valueOverrides };
}

interface Found extends ResolvedDefault {
  /** Of a group whose config has no defaults list of its own. */
  readonly overrideKey: string | undefined;
}

/** Where a config stands: how it was reached, and what may not happen below it. */
interface Position {
  readonly parent: string | null;
  readonly isPrimary: boolean;
  /** Below an interpolated choice, which is resolved after all others: nothing may be overridden from there. */
  readonly isInterpolated: boolean;
  /** The configs around it, from the outside in. */
  readonly around: readonly string[];
}

const top: Base = { folder: "", package: "" };

/** Defaults lists inside each other, and configs in one list: far more than anybody writes, far less than harm. */
const maxDepth = 100;
const maxConfigs = 10_000;

class Walk {
  private count = 0;

  constructor(
    private readonly files: ConfigFiles,
    private readonly choices: Choices,
    private readonly notChosen: "refuse" | "leave-out",
  ) {}

  primary(name: string | null): readonly Found[] {
    if (name === null) {
      const empty: ConfigFile | undefined = undefined;
      return this.expand({ entry: primaryEntry(""), base: top }, empty, { ...outermost, isPrimary: true });
    }
    const placed: Placed = { entry: primaryEntry(name), base: top };
    return this.visit(placed, { ...outermost, isPrimary: true });
  }

  entry(entry: FileEntry): readonly Found[] {
    return this.visit(place(entry, top), outermost);
  }

  private visit(placed: Placed, position: Position): readonly Found[] {
    const { entry } = placed;
    if (this.choices.deletes(placed)) return [];
    if (entry.kind === "group") this.choices.remember(placed as Placed<GroupEntry>);
    if (entry.kind === "group" && entry.value === null) return [];
    const name = configPath(placed);
    if (optionOf(entry) === "???") {
      if (this.notChosen === "leave-out") return [];
      throw this.choiceMissing(placed);
    }
    refuseTraversal(entry, position);
    this.checkSize(name, position);
    const file = this.files.load(name);
    if (file !== undefined) return this.expand(placed, file, position);
    if (entry.optional) return [];
    throw this.notFound(placed, position);
  }

  private checkSize(name: string, { around }: Position): void {
    this.count += 1;
    if (this.count <= maxConfigs && around.length < maxDepth) return;
    const circle = around.includes(name)
      ? ` They go round: ${around.slice(around.lastIndexOf(name)).join(" → ")} → ${name}.`
      : "";
    throw refuse({
      code: "CONFIG_CIRCLE",
      message: `In '${around.at(-1) ?? name}': the defaults lists include each other without end.${circle}`,
    });
  }

  /** The config itself and what its defaults list brings, in the order in which they are merged. */
  private expand(placed: Placed, file: ConfigFile | undefined, position: Position): readonly Found[] {
    const packageName = finalPackage(placed, file?.packageHeader ?? null);
    const name = configPath(placed);
    const own = resultOf(placed, position, packageName);
    const leaf = { ...own, isSelf: false, overrideKey: keyOfLeaf(placed) };
    const self = { ...own, isSelf: true, overrideKey: undefined };
    const unlessMissing = (found: Found): readonly Found[] => (file === undefined ? [] : [found]);
    const entries = this.entriesOf(file, position, name);
    const base: Base = { folder: groupPath(placed), package: packageName };
    this.noteOverrides(entries, { base, name, position });
    const listed = entries.filter((entry) => entry.kind === "self" || !isOverride(entry));
    if (listed.length === 0) return unlessMissing(leaf);
    const below: Position = { ...position, parent: name, isPrimary: false, around: [...position.around, name] };
    const found: (readonly Found[])[] = listed.map(() => []);
    const deferred: { readonly index: number; readonly placed: Placed }[] = [];
    for (const [index, entry] of [...listed.entries()].reverse()) {
      if (entry.kind === "self") found[index] = unlessMissing(self);
      else {
        const inPlace = this.inPlace(entry, base);
        if (isInterpolated(inPlace.entry)) deferred.push({ index, placed: inPlace });
        else found[index] = this.visitAll(inPlace, below);
      }
    }
    // Choices that name other choices: now the others are made.
    for (const { index, placed: open } of deferred)
      found[index] = this.visit(this.resolved(open), { ...below, isInterpolated: true });
    return found.flat();
  }

  private inPlace(entry: FileEntry, base: Base): Placed {
    const placed = place(entry, base);
    return entry.kind === "group" ? this.choices.applied(placed as Placed<GroupEntry>) : placed;
  }

  /** One visit for each option where several are chosen. */
  private visitAll(placed: Placed, below: Position): readonly Found[] {
    const { entry, base } = placed;
    if (entry.kind === "config" || entry.value === null || typeof entry.value === "string")
      return this.visit(placed, below);
    const found: (readonly Found[])[] = [];
    for (const option of [...entry.value].reverse()) {
      if (option.includes("${"))
        throw refuse({
          code: "CONFIG_BAD_OPTION",
          message: `In '${below.parent}': a list of options cannot hold the interpolation '${option}'`,
        });
      const config = {
        kind: "config",
        path: `${entry.group}/${option}`,
        package: entry.package,
        optional: entry.optional,
      } as const;
      found.unshift(this.visit({ entry: config, base }, below));
    }
    return found.flat();
  }

  /** The file's entries, `_self_` put last where it is missing, and for the primary config what `+group=option` appends. */
  private entriesOf(file: ConfigFile | undefined, position: Position, name: string): readonly DefaultsEntry[] {
    const own = file?.defaults ?? [];
    const appended = position.isPrimary ? this.choices.appended : [];
    const selves = own.filter((entry) => entry.kind === "self").length;
    if (selves > 1) throw refuse({ code: "CONFIG_TWO_SELVES", message: `Duplicate _self_ defined in ${name}` });
    const isListed = own.some((entry) => entry.kind === "self" || !isOverride(entry)) || appended.length > 0;
    const self: readonly DefaultsEntry[] = selves === 0 && isListed ? [{ kind: "self" }] : [];
    return [...own, ...self, ...appended];
  }

  private noteOverrides(
    entries: readonly DefaultsEntry[],
    { base, name, position }: { readonly base: Base; readonly name: string; readonly position: Position },
  ): void {
    let last: Placed<GroupEntry> | undefined;
    const own = entries.slice(0, entries.length - (position.isPrimary ? this.choices.appended.length : 0));
    for (const entry of own) {
      if (entry.kind === "self") continue;
      if (entry.kind === "group" && entry.override) {
        last = place(entry, base);
        if (position.isInterpolated)
          throw refuse({
            code: "CONFIG_OVERRIDE_TOO_LATE",
            message: `In '${name}': 'override ${overrideKey(last)}' cannot stand below an interpolated choice`,
          });
        this.choices.addListed(last, { config: name, isPrimary: position.isPrimary });
      } else if (last !== undefined) throw overrideBefore(name, last, place(entry, base));
    }
  }

  private resolved({ entry, base }: Placed): Placed {
    const source: Source = { kind: "hydra" };
    const known = [...this.choices.known].map(([key, option]) => [key, scalarNode(option, source)] as const);
    const interpolation = new Interpolation(mapNode(new Map(known), source), { environment: {} });
    const resolve = (text: string): string => {
      try {
        return interpolation.textAt(text, []);
      } catch (error) {
        if (!(error instanceof InterpolationFailure) && !(error instanceof SweeplineError)) throw error;
        const names = [...this.choices.known.keys()].join(", ");
        throw refuse({
          code: "CONFIG_BAD_CHOICE",
          message: `Error resolving interpolation '${text}', possible interpolation keys: ${names}`,
          hint: error.message,
        });
      }
    };
    if (entry.kind === "config") return place({ ...entry, path: resolve(entry.path) }, base);
    return place({ ...entry, value: typeof entry.value === "string" ? resolve(entry.value) : entry.value }, base);
  }

  private choiceMissing(placed: Placed): Error {
    if (placed.entry.kind === "config")
      return refuse({
        code: "CONFIG_NOT_CHOSEN",
        message: `'${configPath(placed)}': a config without a group cannot be '???'`,
      });
    const key = overrideKey(placed);
    return refuse({
      code: "CONFIG_NOT_CHOSEN",
      message: `You must specify '${key}', e.g, ${key}=<OPTION>\n${this.availableOptions(groupPath(placed))}`,
    });
  }

  private availableOptions(group: string): string {
    const options = this.files.tree.options(group);
    return options.length === 0
      ? ""
      : `Available options in '${group}':\n${options.map((name) => `\t${name}`).join("\n")}`;
  }

  /** What to write where the file is there, but counted from the top of the tree. */
  private atTop({ entry, base }: Placed): string {
    if (entry.kind !== "group" || this.files.load(`${entry.group}/${optionOf(entry) ?? ""}`) === undefined) return "";
    return `Groups count from '${base.folder}', the folder of the config. From the top of the tree: '/${entry.group}: ${optionOf(entry)}' in its defaults list.\n`;
  }

  private notFound(placed: Placed, position: Position): Error {
    const name = configPath(placed);
    const places = `Config search path: ${this.files.tree.places.join(", ")}`;
    if (position.isPrimary)
      return refuse({ code: "CONFIG_MISSING", message: `Cannot find primary config '${name}'.`, hint: places });
    const where = position.parent === null ? "" : `In '${position.parent}': `;
    if (placed.entry.kind === "config")
      return refuse({ code: "CONFIG_MISSING", message: `${where}Could not load '${name}'.`, hint: places });
    const group = groupPath(placed);
    const atTop = placed.base.folder === "" ? "" : this.atTop(placed);
    const options = this.availableOptions(group);
    const available = options === "" ? "" : `\n${options}`;
    const message = `${where}Could not find '${name}'${available}`;
    return refuse({ code: "CONFIG_MISSING", message, hint: atTop + places });
  }
}

/** `..` in a path (Hydra 1.4; 1.3 makes keys named '' of it). */
function refuseTraversal(entry: FileEntry, { parent }: Position): void {
  const parts = entry.kind === "config" ? [entry.path] : [entry.group, entry.value];
  const bad = parts.find((part) => typeof part === "string" && part.split("/").includes(".."));
  if (bad === undefined) return;
  throw refuse({
    code: "CONFIG_PARENT_TRAVERSAL",
    message: `${parent === null ? "" : `In '${parent}': `}Parent traversal ('..') in a defaults list is not supported ('${String(bad)}').`,
    hint: "Name the config from the top: '/config' or '/group: option' in a defaults list, group=option on the command line.",
  });
}

const outermost: Position = { parent: null, isPrimary: false, isInterpolated: false, around: [] };

function primaryEntry(path: string): FileEntry {
  return { kind: "config", path, package: null, optional: false };
}

function isOverride(entry: FileEntry): boolean {
  return entry.kind === "group" && entry.override;
}

function resultOf(placed: Placed, position: Position, packageName: string): Omit<Found, "isSelf" | "overrideKey"> {
  const { parent, isPrimary } = position;
  return { config: configPath(placed), package: packageName, parent, isPrimary };
}

function keyOfLeaf(placed: Placed): string | undefined {
  return placed.entry.kind === "config" ? undefined : overrideKey(placed);
}

function overrideBefore(name: string, last: Placed<GroupEntry>, next: Placed): Error {
  const { entry } = next;
  const after = entry.kind === "group" ? `${overrideKey(next)}: ${optionOf(entry)}` : entry.path;
  return refuse({
    code: "CONFIG_OVERRIDE_TOO_EARLY",
    message: `In ${name}: Override '${overrideKey(last)} : ${optionOf(last.entry)}' is defined before '${after}'.\nOverrides must be at the end of the defaults list`,
  });
}

function checkListedOnce(list: readonly Found[]): void {
  const seen = new Set<string>();
  for (const { overrideKey: key } of list) {
    if (key === undefined) continue;
    if (seen.has(key))
      throw refuse({
        code: "CONFIG_LISTED_TWICE",
        message: `${key} appears more than once in the final defaults list`,
        hint: `To choose another option write 'override ${key}: ...'.`,
      });
    seen.add(key);
  }
}
