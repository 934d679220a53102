/** The ini dialect of DVC's config files: sections such as `['remote "x"']`, values with or without quotes, comments. */
import { SweeplineError } from "../base/errors.ts";

export interface IniSection {
  /** As between the brackets, without the outer quotes: `core`, `remote "x"`. */
  readonly name: string;
  /** Index of its header line; -1 for options before any header. */
  readonly line: number;
  readonly options: readonly IniOption[];
}

export interface IniOption {
  readonly name: string;
  readonly value: string | readonly string[];
  readonly line: number;
}

/** Lines are a stranger's: no option is as long, and the patterns may take time by the square of it. */
const longestLine = 10_000;
const headerPattern = /^\s*\[\s*("\s*\S.*?\s*"|'\s*\S.*?\s*'|[^'"\s].*?)\s*\]\s*(?:#.*)?$/;
const optionPattern = /^(".*?"\s*|'.*?'\s*|[^'"=].*?)=(.*)$/;
const triplePattern = /^("""|''')(.*?)\1\s*(?:#.*)?$/;
const itemPattern = /^\s*(".*?"|'.*?'|[^'",#\s][^,#]*|)\s*(,|#.*$|$)/;

function unquote(text: string): string {
  const quoted = text.length >= 2 && (text[0] === '"' || text[0] === "'") && text.endsWith(text[0]);
  return quoted ? text.slice(1, -1) : text;
}

/** One value, or the items of a list (`a, b`); undefined where the quotes are wrong. */
function parseValue(text: string): string | string[] | undefined {
  const triple = triplePattern.exec(text);
  if (triple !== null) return triple[2] ?? "";
  const items: string[] = [];
  let rest = text;
  let isList = false;
  for (;;) {
    const match = itemPattern.exec(rest);
    if (match === null) return undefined;
    const item = (match[1] ?? "").trim();
    const endsInComma = match[2] === ",";
    if (item !== "" || !isList || endsInComma) items.push(unquote(item));
    if (!endsInComma) return isList ? items : (items[0] ?? "");
    isList = true;
    rest = rest.slice(match[0].length);
  }
}

function broken(file: string, text: string, line: number): SweeplineError {
  const lines = text.split("\n");
  const offset = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  return new SweeplineError({
    code: "CONFIG_INVALID",
    message: `configuration error - config file error: ${file}: line ${line + 1} is neither a section nor an option`,
    place: { name: file, text, offset, length: lines[line]?.length ?? 1 },
  });
}

/** The sections of a config file in order. A line that is no ini is a SweeplineError with exit code 251. */
export function parseIni(text: string, file: string): IniSection[] {
  const sections: { name: string; line: number; options: IniOption[] }[] = [{ name: "", line: -1, options: [] }];
  text.split("\n").forEach((raw, line) => {
    const content = raw.trim();
    if (content === "" || content.startsWith("#")) return;
    if (content.length > longestLine) throw broken(file, text, line);
    const header = headerPattern.exec(content);
    if (header !== null) {
      sections.push({ name: unquote(header[1] ?? ""), line, options: [] });
      return;
    }
    const option = optionPattern.exec(content);
    const value = option === null ? undefined : parseValue((option[2] ?? "").trim());
    if (option === null || value === undefined) throw broken(file, text, line);
    sections.at(-1)?.options.push({ name: unquote((option[1] ?? "").trim()), value, line });
  });
  return sections;
}

/** A value as DVC writes it: quoted only where it has to be. */
export function formatIniValue(value: string): string {
  if (value === "") return '""';
  const needsTriple = value.includes("\n") || (value.includes("'") && value.includes('"'));
  if (needsTriple) return value.includes('"""') ? `'''${value}'''` : `"""${value}"""`;
  const plain = !/^[\s'"]|[\s'"]$|[,#]/.test(value);
  if (plain) return value;
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** A section's header line: `[core]`, `['remote "x"']`. */
export function formatIniHeader(name: string): string {
  return `[${/^[^'",#]+$/.test(name) ? name : formatIniValue(name)}]`;
}
