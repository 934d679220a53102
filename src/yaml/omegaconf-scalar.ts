/**
 * Which quotes a text gets where OmegaConf writes YAML (PyYAML 6, Emitter.analyze_scalar and choose_scalar_style;
 * omegaconf 2.3, OmegaConfDumper), and what a scalar that is no text looks like.
 */
import { floatRepr } from "../base/python.ts";
import { isNumberText } from "../base/text/python-numbers.ts";
import type { Scalar } from "../base/value.ts";

export type OmegaconfStyle = "plain" | "single" | "double";

/** Texts that YAML 1.1 reads as something else: booleans, null, numbers, dates, `<<` and `=`. */
const resolved = new RegExp(
  `^(?:${[
    "yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
    "~|null|Null|NULL|<<|=|",
    "[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?",
    "[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)",
    "[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:[ \\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?",
  ].join("|")})$`,
);

/** Beyond what YAML says, OmegaConf quotes these, and all that Python's int() and float() take. */
const oneLetterBooleans: ReadonlySet<string> = new Set(["y", "Y", "n", "N"]);

const blank = "\\0 \\t\\r\\n\\u0085\\u2028\\u2029";
const indicators = new RegExp(
  `^(?:---|\\.\\.\\.|[#,[\\]{}&*!|>'"%@\`]|[?:-](?:[${blank}]|$))|:(?:[${blank}]|$)|[${blank}]#`,
);
const lineBreak = /[\n\u0085\u2028\u2029]/;
const outerBlank = /^[ \n\u0085\u2028\u2029]|[ \n\u0085\u2028\u2029]$/;
const breakThenSpace = /[\n\u0085\u2028\u2029] /;
const spaceThenBreak = / [\n\u0085\u2028\u2029]/;
/** What only double quotes can carry: controls, tabs, the byte order mark, lone surrogates. */
const unprintable = /[^\n\u0020-\u007e\u0085\u00a0-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\ud800-\udfff\u{10ffff}]/u;

/** The quotes of a text outside of brackets. */
export function quoteStyle(text: string): OmegaconfStyle {
  if (mayBePlain(text) && !isQuoted(text)) return "plain";
  const isSingle = !breakThenSpace.test(text) && !spaceThenBreak.test(text) && !unprintable.test(text);
  return isSingle ? "single" : "double";
}

function mayBePlain(text: string): boolean {
  return !(outerBlank.test(text) || lineBreak.test(text) || indicators.test(text) || unprintable.test(text));
}

function isQuoted(text: string): boolean {
  return resolved.test(text) || oneLetterBooleans.has(text) || isNumberText(text);
}

function isMultiline(text: string): boolean {
  return lineBreak.test(text);
}

/** A scalar that is no text. */
export function otherText(value: Exclude<Scalar, string>): string {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  // 1e-05 has no point, and is no float in YAML 1.1.
  return floatRepr(value).replace(/^(-?\d+)e/, "$1.0e");
}

const tags = { string: "!!str", bigint: "!!int", number: "!!float", boolean: "!!bool", object: "!!null" } as const;

/** Whether a key stands before its colon on one line; others are written `? key`. The tag counts, though it is not written. */
export function isSimpleKey(key: Scalar): boolean {
  const text = typeof key === "string" ? key : otherText(key);
  const tag = tags[typeof key as keyof typeof tags];
  return text !== "" && !isMultiline(text) && tag.length + Array.from(text).length < 128;
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\x08": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\u0085": "N",
  "\u00a0": "_",
  "\u2028": "L",
  "\u2029": "P",
};
const needsEscape = /["\\\u2028\u2029\ufeff]|[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]/u;

/** What stands for a character in double quotes; undefined for one that stands for itself. */
export function escapeOf(character: string): string | undefined {
  if (!needsEscape.test(character)) return undefined;
  const known = escapes[character];
  if (known !== undefined) return `\\${known}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
