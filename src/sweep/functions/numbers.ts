/** Python's int() and float(), of numbers and of texts. */
import { asciiDigits, floatText, intText } from "../../base/text/python-numbers.ts";
import { EvaluationError } from "./evaluation-error.ts";

/** Python refuses to turn more digits into an integer; so do we, as the time grows with their square. */
const maxIntDigits = 4300;

/** An integer from its digits, `1_000` included. */
export function parseInteger(text: string): bigint {
  const plain = text.replaceAll("_", "");
  if (plain.length > maxIntDigits)
    throw new EvaluationError("INT_TOO_LONG", `An integer has more than ${maxIntDigits} digits.`);
  return plain.startsWith("+")
    ? BigInt(plain.slice(1))
    : plain.startsWith("-")
      ? -BigInt(plain.slice(1))
      : BigInt(plain);
}

/** A float from a token of the language: `1_0.5`, `1.`, `-inf`. */
export function parseFloatText(text: string): number {
  const plain = text.replaceAll("_", "").toLowerCase();
  const unsigned = plain.replace(/^[+-]/, "");
  const size = unsigned.startsWith("inf")
    ? Number.POSITIVE_INFINITY
    : unsigned === "nan"
      ? Number.NaN
      : Number(unsigned);
  return plain.startsWith("-") ? -size : size;
}

export function castToInt(value: boolean | bigint | number | string): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return BigInt(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new EvaluationError(
        "CAST_FAILED",
        `int() cannot take ${value > 0 || value < 0 ? "an infinite number" : "nan"}.`,
      );
    return BigInt(Math.trunc(value));
  }
  const match = value.length > 2 * maxIntDigits ? null : intText.exec(asciiDigits(value));
  if (match === null) throw new EvaluationError("CAST_FAILED", `int() cannot read '${value}'.`, intHint(value));
  return parseInteger(`${match[1]}${match[2]}`);
}

function intHint(text: string): string | undefined {
  return floatText.test(text)
    ? `To cut a fraction off, write a number without quotes, or int(float('${text}')).`
    : undefined;
}

export function castToFloat(value: boolean | bigint | number | string): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") {
    const float = Number(value);
    if (!Number.isFinite(float)) throw new EvaluationError("CAST_FAILED", "float() cannot take so large an integer.");
    return float;
  }
  const match = floatText.exec(asciiDigits(value));
  if (match === null) throw new EvaluationError("CAST_FAILED", `float() cannot read '${value}'.`);
  return parseFloatText(`${match[1]}${match[2]}`);
}
