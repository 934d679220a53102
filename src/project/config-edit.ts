/**
 * Changes in config files. The result has the bytes that DVC writes: plain sections first, then the named ones
 * (`['remote "x"']`), options indented by 4. Unlike DVC, comments and blank lines stay.
 */
import path from "node:path";
import { lstatIfExists, makeFolder, readIfExists, writeAtomic } from "../base/files.ts";
import { relativePosix } from "../base/paths.ts";
import { type ConfigValues, checkConfig, configError, readDvcConfig, sectionKey, splitConfigKey } from "./config.ts";
import { formatIniHeader, formatIniValue, parseIni } from "./ini.ts";

export interface ConfigOption {
  /** `core`, `remote "x"`. */
  readonly section: string;
  readonly option: string;
}

function isNamed(section: string): boolean {
  return section.includes('"');
}

/** `core.autostage` and `remote.NAME.option` as section and option. Undefined for another form. */
export function parseOptionName(key: string): ConfigOption | undefined {
  const match = /^(?:(remote|db)\.)?([^.]*)\.([^.]*)$/.exec(key);
  if (match === null) return undefined;
  const [, group, section = "", option = ""] = match;
  const name = section.toLowerCase();
  return { section: group === undefined ? name : `${group} "${name}"`, option: option.toLowerCase() };
}

function linesOf(text: string): string[] {
  if (text.trim() === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** DVC leaves a newline in a file whose last option was removed. */
function joined(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** The text of a config file with the option set. */
export function setOption(text: string, target: ConfigOption, value: string): string {
  const lines = linesOf(text);
  const sections = parseIni(text, "config");
  const line = `    ${target.option} = ${formatIniValue(value)}`;
  const section = sections.find((each) => sectionKey(each.name) === sectionKey(target.section) && each.line >= 0);
  if (section === undefined) {
    const firstNamed = sections.find((each) => isNamed(each.name));
    const at = isNamed(target.section) || firstNamed === undefined ? lines.length : firstNamed.line;
    lines.splice(at, 0, formatIniHeader(target.section), line);
    return joined(lines);
  }
  const known = section.options.find((each) => each.name.toLowerCase() === target.option);
  if (known !== undefined) lines[known.line] = line;
  else lines.splice((section.options.at(-1)?.line ?? section.line) + 1, 0, line);
  return joined(lines);
}

/** The text of a config file that holds these values. */
export function configFileText(values: ConfigValues): string {
  let text = "";
  for (const [key, value] of values) {
    const { section, name, option } = splitConfigKey(key);
    text = setOption(text, { section: name === null ? section : `${section} "${name}"`, option }, value);
  }
  return text;
}

/** The text without the option; a section that is empty then goes too. Undefined where the option is not set. */
export function unsetOption(text: string, target: ConfigOption): string | undefined {
  const section = parseIni(text, "config").find((each) => sectionKey(each.name) === sectionKey(target.section));
  const known = section?.options.find((each) => each.name.toLowerCase() === target.option);
  if (section === undefined || known === undefined) return undefined;
  const lines = linesOf(text);
  const isLast = section.options.length === 1 && section.line >= 0;
  return joined(lines.filter((_, index) => index !== known.line && !(isLast && index === section.line)));
}

/** The text without a whole section. Undefined where it is not there. */
export function removeSection(text: string, name: string): string | undefined {
  const sections = parseIni(text, "config");
  const index = sections.findIndex((each) => sectionKey(each.name) === sectionKey(name) && each.line >= 0);
  const section = sections[index];
  if (section === undefined) return undefined;
  const lines = linesOf(text);
  lines.splice(section.line, (sections[index + 1]?.line ?? lines.length) - section.line);
  return joined(lines);
}

/** A path option as it is written: relative to the config file, "/" as separator; URLs, `~` and absolute paths as typed. */
export function pathForConfig(value: string, cwd: string, file: string): string {
  if (/^\w+:\/\//.test(value) || path.isAbsolute(value) || value.startsWith("~")) return value;
  return relativePosix(path.dirname(file), path.resolve(cwd, value));
}

/** Which options hold a path relative to the config file. */
export function isPathOption(target: ConfigOption): boolean {
  return (
    (target.section === "cache" && target.option === "dir") || (isNamed(target.section) && target.option === "url")
  );
}

function mergeKnown(before: ReadonlyMap<string, string>, own: ReadonlyMap<string, string>): Map<string, string> {
  const merged = new Map(before);
  for (const [key, value] of own) merged.set(key, value);
  return merged;
}

/**
 * Changes a config file by `edit` (text to text; undefined refuses with `refusal`). The result is checked before it is
 * written, together with `lower`, the values of the levels below. Throws CONFIG_INVALID (exit code 251).
 */
export function editConfigFile(
  file: string,
  lower: ReadonlyMap<string, string>,
  change: {
    readonly edit: (text: string) => string | undefined;
    readonly refusal: string;
    /** Of the file from now on; undefined: as it is. */
    readonly mode?: number;
  },
): void {
  const before = readIfExists(file)?.toString("utf8") ?? "";
  const after = change.edit(before);
  if (after === undefined) throw configError(change.refusal);
  checkConfig(mergeKnown(lower, readDvcConfig(file, after)));
  makeFolder(path.dirname(file));
  const stats = lstatIfExists(file);
  const mode = change.mode ?? (stats === undefined ? undefined : stats.mode & 0o777);
  writeAtomic(file, after, mode === undefined ? {} : { mode });
}
