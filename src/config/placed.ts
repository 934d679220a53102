/**
 * An entry of a defaults list in its place: which file it names and to which package that goes
 * (hydra 1.3, core/default_element.py).
 */
import type { DefaultsEntry } from "./types.ts";

export type ConfigEntry = Extract<DefaultsEntry, { readonly kind: "config" }>;
export type GroupEntry = Extract<DefaultsEntry, { readonly kind: "group" }>;
export type FileEntry = ConfigEntry | GroupEntry;

/** The group folder and package that an entry is relative to. */
export interface Base {
  readonly folder: string;
  readonly package: string;
}

export interface Placed<Entry extends FileEntry = FileEntry> {
  readonly entry: Entry;
  readonly base: Base;
}

export function place<Entry extends FileEntry>(entry: Entry, base: Base): Placed<Entry> {
  if (entry.package?.includes("_group_") !== true) return { entry, base };
  const group = groupPath({ entry, base }).replaceAll("/", ".");
  return { entry: { ...entry, package: `_global_.${entry.package.replaceAll("_group_", group)}` }, base };
}

const withoutSlash = (name: string): string => (name.startsWith("/") ? name.slice(1) : name);
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("/");

/** The group of an entry as written, without its option: `db` of `/db/mysql`. */
function relativeGroup(entry: FileEntry): string {
  const name = withoutSlash(entry.kind === "group" ? entry.group : entry.path);
  if (entry.kind === "group") return name;
  const slash = name.lastIndexOf("/");
  return slash < 0 ? "" : name.slice(0, slash);
}

/** From the top of the tree: `server/site`. */
export function groupPath({ entry, base }: Placed): string {
  const isAbsolute = (entry.kind === "group" ? entry.group : entry.path).startsWith("/");
  return isAbsolute ? relativeGroup(entry) : joined(base.folder, relativeGroup(entry));
}

/** The name of the chosen option; null where nothing is chosen. Not for lists. */
export function optionOf(entry: FileEntry): string | null {
  if (entry.kind === "config") return entry.path.slice(entry.path.lastIndexOf("/") + 1);
  return typeof entry.value === "string" ? entry.value : null;
}

/** The file that an entry names: `server/site/main`. */
export function configPath(placed: Placed): string {
  const { entry, base } = placed;
  if (entry.kind === "group") return `${groupPath(placed)}/${optionOf(entry) ?? ""}`;
  return entry.path.startsWith("/") ? entry.path.slice(1) : joined(base.folder, entry.path);
}

const globalPackage = "_global_";

/** Where the content goes: the entry's package, else the file's header, else the group; `_global_` starts at the top. */
export function finalPackage(placed: Placed, header: string | null): string {
  const { entry, base } = placed;
  const own = entry.package ?? absoluteHeader(header) ?? relativeGroup(entry).replaceAll("/", ".");
  const whole = [base.package, own].filter((part) => part !== "").join(".");
  const last = whole.lastIndexOf(globalPackage);
  return last < 0 ? whole : whole.slice(last + globalPackage.length + 1);
}

/** A header counts from the top, whatever it says. */
function absoluteHeader(header: string | null): string | null {
  if (header === null || header === globalPackage || header.startsWith(`${globalPackage}.`)) return header;
  return `${globalPackage}.${header}`;
}

/** The name by which a group is overridden: `db`, or `db@backup` where its package is not its own. */
export function overrideKey(placed: Placed): string {
  const group = groupPath(placed);
  const target = finalPackage(placed, null);
  if (group.replaceAll("/", ".") === target) return group;
  return `${group}@${target === "" ? globalPackage : target}`;
}

/** Whether the option is an interpolation of other choices: `${db}_${server}`. */
export function isInterpolated(entry: FileEntry): boolean {
  return entry.kind === "config"
    ? entry.path.includes("${")
    : typeof entry.value === "string" && entry.value.includes("${");
}
