/** Plain scalars as DVC's loader (ruamel.yaml, YAML 1.2) reads them, and how a value is written so that it reads back the same. */
import { floatRepr } from "../../base/python.ts";
import type { Scalar } from "../../base/value.ts";

const decimalInt = /^[-+]?_*[0-9][0-9_]*$/;
const prefixedInt = /^([-+]?)0([box])_*([0-9a-fA-F][0-9a-fA-F_]*)$/;
const digitsOf = { b: /^[01_]+$/, o: /^[0-7_]+$/, x: /^[0-9a-fA-F_]+$/ } as const;
const decimalFloat =
  /^[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\._*[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["", null],
  ["~", null],
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

/** How scalars are read: without a tag, and with the tag of an integer or float. */
interface ScalarRules {
  plain(text: string): Scalar;
  int(text: string): bigint | undefined;
  float(text: string): number | undefined;
}

/** And whose rules they are: which tags and how many `<<` it takes. */
export interface YamlRules extends ScalarRules {
  readonly reader: "ruamel" | "omegaconf";
}

/** The value of a plain scalar. Dates stay text: DVC cannot load a file that has one, and text is what was written. */
function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  // Digits, sign or point: the only beginnings of a number.
  const maybeNumber = (first >= 48 && first <= 57) || first === 45 || first === 43 || first === 46;
  if (!maybeNumber) {
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  return resolveInt(text) ?? resolveFloat(text) ?? text;
}

/** An integer as Python's YAML reads it: 1_000, 0x1F, 0o17, and 017 is seventeen. */
function resolveInt(text: string): bigint | undefined {
  if (decimalInt.test(text)) return BigInt(text.replace(/[_+]/g, ""));
  const prefixed = prefixedInt.exec(text);
  const [, sign = "", base = "", digits = ""] = prefixed ?? [];
  if (prefixed === null || !digitsOf[base as keyof typeof digitsOf].test(digits)) return undefined;
  const magnitude = BigInt(`0${base}${digits.replaceAll("_", "")}`);
  return sign === "-" ? -magnitude : magnitude;
}

/** A float as Python's YAML reads it. */
function resolveFloat(text: string): number | undefined {
  if (decimalFloat.test(text)) return Number(text.replaceAll("_", ""));
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : undefined;
}

/** Files that DVC reads. */
export const yaml12: YamlRules = { reader: "ruamel", plain: resolvePlain, int: resolveInt, float: resolveFloat };

/** A float's text. With a point before the exponent (1.0e-05): YAML 1.1 readers, such as PyYAML, take 1e-05 for a string. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return floatRepr(value).replace(/^(-?\d+)e/, "$1.0e");
}

/** What YAML 1.1 (PyYAML) reads as something else than text: quoted too, so that every reader sees a string. */
const ambiguous =
  /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|=|<<|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt \t].*)?|[-+]?\.?[0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?0[box][0-9a-fA-F_]+)$/;
/** Text that needs no thought: safe as a plain scalar also within brackets. */
const easilyPlain = /^[\p{L}_/\\$][\p{L}\p{N}_./\\$+-]*(?::[\p{L}\p{N}_./\\$+-]+)*(?: [\p{L}\p{N}_./\\$+-]+)*$/u;

/** Whether a text can stand without quotes and is a string then, for readers of YAML 1.2 and 1.1. */
function isSafePlain(text: string): boolean {
  return easilyPlain.test(text) && !words.has(text) && !ambiguous.test(text);
}

// Printable in YAML and on one line; line breaks of YAML 1.1 (U+0085, U+2028, U+2029) must be escaped.
const singleQuotable = /^[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

export type QuoteStyle = "plain" | "single" | "double";

/** A string on one line, in the style asked for where that can hold it. */
function stringText(text: string, style: QuoteStyle): string {
  if (style === "plain" && isSafePlain(text)) return text;
  if (style !== "double" && singleQuotable.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return doubleQuoted(text);
}

function doubleQuoted(text: string): string {
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return escaped;
}

/** Any scalar on one line. */
export function scalarText(value: Scalar, style: QuoteStyle): string {
  if (value === null) return "null";
  if (typeof value === "string") return stringText(value, style);
  if (typeof value === "number") return floatText(value);
  return String(value);
}
