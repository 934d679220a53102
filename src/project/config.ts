/** DVC's configuration: four files merged, checked, paths resolved. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { readIfExists } from "../base/files.ts";
import {
  folderRemoteOptions,
  type OptionKind,
  type OptionTable,
  openSections,
  sections,
  serviceRemoteOptions,
} from "./config-schema.ts";
import { parseIni } from "./ini.ts";
import type { LinkType, ProjectConfig } from "./project.ts";

export const configLevels = ["system", "global", "project", "local"] as const;
export type ConfigLevel = (typeof configLevels)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/** `section.option` or `remote.NAME.option` to value, in the order of the file. */
export type ConfigValues = ReadonlyMap<string, string>;

const namedPattern = /^\s*(remote|machine|db)\s*"(.*)"\s*$/;

/** `remote "x"` to `remote.x`; other sections as they are, in lower case. */
export function sectionKey(name: string): string {
  const lower = name.toLowerCase();
  const named = namedPattern.exec(lower);
  return named === null ? lower : `${named[1]}.${named[2]}`;
}

function homeOf(environment: Environment): string {
  return environment.HOME ?? "/";
}

function userConfigFolder(environment: Environment): string {
  if (process.platform === "darwin") return path.join(homeOf(environment), "Library/Application Support/dvc");
  return path.join(environment.XDG_CONFIG_HOME || path.join(homeOf(environment), ".config"), "dvc");
}

function systemConfigFolder(environment: Environment): string {
  if (process.platform === "darwin") return "/Library/Application Support/dvc";
  return path.join((environment.XDG_CONFIG_DIRS || "/etc/xdg").split(":")[0] ?? "/etc/xdg", "dvc");
}

/** The file of a level. The project's levels need the .dvc folder. */
export function configFile(level: ConfigLevel, dvcDir: string | null, environment: Environment): string | null {
  if (level === "system")
    return path.join(environment.DVC_SYSTEM_CONFIG_DIR || systemConfigFolder(environment), "config");
  if (level === "global")
    return path.join(environment.DVC_GLOBAL_CONFIG_DIR || userConfigFolder(environment), "config");
  if (dvcDir === null) return null;
  return path.join(dvcDir, level === "project" ? "config" : "config.local");
}

/** The values of one file, unchecked, as written; empty where there is no file. `text` instead of what is on the disk. */
export function readDvcConfig(file: string, text = readIfExists(file)?.toString("utf8")): ConfigValues {
  const values = new Map<string, string>();
  if (text === undefined) return values;
  for (const section of parseIni(text, file)) {
    const key = sectionKey(section.name);
    for (const option of section.options) {
      const value = typeof option.value === "string" ? option.value : option.value.join(", ");
      values.set(`${key}.${option.name.toLowerCase()}`, value);
    }
  }
  return values;
}

export function configError(problem: string): SweeplineError {
  return new SweeplineError({
    code: "CONFIG_INVALID",
    message: `configuration error - config file error: ${problem}`,
  });
}

const linkTypes: readonly string[] = ["reflink", "hardlink", "symlink", "copy"];

function problemOf(value: string, kind: OptionKind): string | undefined {
  if (kind === "text") return undefined;
  if (kind === "bool") return /^(true|false)$/i.test(value) ? undefined : "expected true or false";
  if (kind === "count") return /^[1-9]\d*$/.test(value) ? undefined : "expected int";
  if (kind === "number") return /^-?\d+$/.test(value) ? undefined : "expected int";
  if (kind === "seconds") return /^\d+(?:\.\d*)?$/.test(value) ? undefined : "expected float";
  if (kind === "links") {
    const unknown = splitLinkTypes(value).filter((type) => !linkTypes.includes(type));
    return unknown.length === 0 ? undefined : `Unsupported cache type(s): ${unknown.join(", ")}`;
  }
  return kind.includes(value.toLowerCase()) ? undefined : `expected one of ${kind.join(", ")}`;
}

function splitLinkTypes(value: string): string[] {
  return value.split(",").map((type) => type.trim());
}

/** Splits `remote.NAME.option`, where NAME may hold dots, and `section.option`. */
export function splitConfigKey(key: string): {
  readonly section: string;
  readonly name: string | null;
  readonly option: string;
} {
  const first = key.indexOf(".");
  const last = key.lastIndexOf(".");
  const section = key.slice(0, first);
  return { section, name: first === last ? null : key.slice(first + 1, last), option: key.slice(last + 1) };
}

function tableOf(section: string, name: string | null, values: ConfigValues): OptionTable | "open" | undefined {
  if (openSections.includes(section)) return "open";
  if (section !== "remote") return name === null ? sections[section] : undefined;
  const url = values.get(`remote.${name}.url`);
  if (url === undefined) throw configError(`expected 'url' for dictionary value @ data['remote']['${name}']`);
  // As DVC: without a host it is a folder's.
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return folderRemoteOptions;
  if (Object.hasOwn(serviceRemoteOptions, scheme)) return serviceRemoteOptions[scheme];
  throw configError(`Unsupported URL type ${scheme}:// for dictionary value @ data['remote']['${name}']`);
}

/** Refuses unknown sections, options and values, as DVC does (exit code 251). */
export function checkConfig(values: ConfigValues): void {
  for (const [key, value] of values) {
    const { section, name, option } = splitConfigKey(key);
    const table = tableOf(section, name, values);
    const place = [section, ...(name === null ? [] : [name]), option].map((part) => `['${part}']`);
    if (table === undefined) throw configError(`extra keys not allowed @ data['${section}']`);
    if (table === "open") continue;
    const kind = Object.hasOwn(table, option) ? table[option] : undefined;
    if (kind === undefined) throw configError(`extra keys not allowed @ data${place.join("")}`);
    const problem = problemOf(value, kind);
    if (problem !== undefined) throw configError(`${problem} for dictionary value @ data${place.join("")}`);
  }
}

const pathKeys = /^(cache\.dir|remote\..*\.(url|credentialpath|configpath|keyfile|cert_path|key_path))$/;

function resolvePaths(values: ConfigValues, file: string, environment: Environment): ConfigValues {
  const resolved = new Map<string, string>();
  for (const [key, value] of values)
    resolved.set(key, pathKeys.test(key) ? resolveConfigPath(value, path.dirname(file), environment) : value);
  return resolved;
}

function resolveConfigPath(value: string, folder: string, environment: Environment): string {
  if (/^\w+:\/\//.test(value) || path.isAbsolute(value)) return value;
  if (value === "~" || value.startsWith("~/")) return path.join(homeOf(environment), value.slice(1));
  return path.resolve(folder, value);
}

/** One level with its paths made absolute: relative ones count from the file's folder. */
export function readConfigLevel(level: ConfigLevel, dvcDir: string | null, environment: Environment): ConfigValues {
  const file = configFile(level, dvcDir, environment);
  return file === null ? new Map() : resolvePaths(readDvcConfig(file), file, environment);
}

/** A file that is no level's, with its paths made absolute. Throws CONFIG_INVALID where there is none. */
export function readConfigFile(file: string, environment: Environment): ConfigValues {
  const text = readIfExists(file)?.toString("utf8");
  if (text === undefined) throw configError(`there is no file '${file}'`);
  return resolvePaths(readDvcConfig(file, text), file, environment);
}

/** All levels merged, the later wins, and `more` over them; checked. */
export function readConfig(
  dvcDir: string | null,
  environment: Environment,
  more: ConfigValues = new Map(),
): ConfigValues {
  const merged = new Map<string, string>();
  for (const level of configLevels)
    for (const [key, value] of readConfigLevel(level, dvcDir, environment)) merged.set(key, value);
  for (const [key, value] of more) merged.set(key, value);
  checkConfig(merged);
  return merged;
}

export function remoteNames(values: ConfigValues): string[] {
  const names = new Set<string>();
  for (const key of values.keys()) {
    const { section, name } = splitConfigKey(key);
    if (section === "remote" && name !== null) names.add(name);
  }
  return [...names];
}

function isLinkType(type: string): type is LinkType {
  return linkTypes.includes(type);
}

/** What the rest of the program asks the configuration. */
export function toProjectConfig(values: ConfigValues): ProjectConfig {
  const types = splitLinkTypes(values.get("cache.type") ?? "reflink,copy").filter(isLinkType);
  const isTrue = (key: string) => values.get(key)?.toLowerCase() === "true";
  return {
    get: (key) => values.get(key.toLowerCase()),
    remotes: remoteNames(values),
    cacheTypes: types,
    autostage: isTrue("core.autostage"),
    hardlinkLock: isTrue("core.hardlink_lock"),
    interactive: isTrue("core.interactive"),
    argumentStyle: {
      bool: values.get("parsing.bool")?.toLowerCase() === "boolean_optional" ? "boolean_optional" : "store_true",
      list: values.get("parsing.list")?.toLowerCase() === "append" ? "append" : "nargs",
    },
  };
}
