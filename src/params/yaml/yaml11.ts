/** Plain scalars as PyYAML reads them for OmegaConf: YAML 1.1, with floats such as 1e3, and dates left as text. */
import type { Scalar } from "../../base/value.ts";
import type { YamlRules } from "./scalars.ts";

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["", null],
  ["~", null],
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
]);

const prefixedInt = /^[-+]?0(?:b_*[01][01_]*|x_*[0-9a-fA-F][0-9a-fA-F_]*)$/;
const octalInt = /^[-+]?0[0-7_]+$/;
const decimalInt = /^[-+]?(?:0|[1-9][0-9_]*)$/;
/** 1:30 is ninety. */
const base60Int = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/;
const decimalFloat =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const base60Float = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;

function readInt(text: string): bigint | undefined {
  const digits = text.replace(/[-+_]/g, "");
  const magnitude = prefixedInt.test(text)
    ? BigInt(digits)
    : octalInt.test(text)
      ? BigInt(`0o${digits}`)
      : decimalInt.test(text)
        ? BigInt(digits)
        : base60Int.test(text)
          ? digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n)
          : undefined;
  return magnitude !== undefined && text.startsWith("-") ? -magnitude : magnitude;
}

function readFloat(text: string): number | undefined {
  if (decimalFloat.test(text)) return Number(text.replaceAll("_", ""));
  if (base60Float.test(text)) {
    const parts = text.replace(/[-+_]/g, "").split(":");
    const magnitude = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
    return text.startsWith("-") ? -magnitude : magnitude;
  }
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : undefined;
}

/** Config files of Hydra (omegaconf 2.3, get_yaml_loader). */
export const yaml11: YamlRules = {
  reader: "omegaconf",
  int: readInt,
  float: readFloat,
  plain(text) {
    const word = words.get(text);
    if (word !== undefined) return word;
    return readInt(text) ?? readFloat(text) ?? text;
  },
};

/** Files that DVC reads and that begin with `%YAML 1.1` (ruamel.yaml, VersionedResolver). */
export const ruamel11: YamlRules = {
  ...yaml11,
  reader: "ruamel",
  plain: (text) => (/^[yYnN]$/.test(text) ? /y/i.test(text) : yaml11.plain(text)),
};
