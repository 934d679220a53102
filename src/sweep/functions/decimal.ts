/** Decimal numbers for ranges: exact, as many digits as it takes. `coefficient * 10 ** exponent`. */
import { floatRepr } from "../../base/python.ts";

export interface Decimal {
  readonly kind: "decimal";
  readonly coefficient: bigint;
  readonly exponent: number;
}

const decimal = (coefficient: bigint, exponent: number): Decimal => ({ kind: "decimal", coefficient, exponent });

/** The decimal that a finite number prints as: 0.1 is one tenth, not the binary value next to it. */
export function decimalOf(value: boolean | bigint | number | Decimal): Decimal {
  if (typeof value === "object") return value;
  if (typeof value !== "number") return decimal(BigInt(value), 0);
  const [mantissa = "", exponent = "0"] = floatRepr(value).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return decimal(
    BigInt(whole.replace("-", "") + fraction) * (mantissa.startsWith("-") ? -1n : 1n),
    Number(exponent) - fraction.length,
  );
}

/** The coefficients of some decimals at their smallest exponent. */
export function aligned(...values: readonly Decimal[]): { readonly exponent: number; readonly coefficients: bigint[] } {
  const exponent = Math.min(...values.map((value) => value.exponent));
  const coefficients = values.map((value) => value.coefficient * 10n ** BigInt(value.exponent - exponent));
  return { exponent, coefficients };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const { exponent, coefficients } = aligned(a, b);
  return decimal((coefficients[0] ?? 0n) + (coefficients[1] ?? 0n), exponent);
}

export function times(a: Decimal, factor: bigint): Decimal {
  return decimal(a.coefficient * factor, a.exponent);
}

export function half(a: Decimal): Decimal {
  return a.coefficient % 2n === 0n
    ? decimal(a.coefficient / 2n, a.exponent)
    : decimal(a.coefficient * 5n, a.exponent - 1);
}

/** The nearest float. */
export function toFloat({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`);
}

/** As Python's decimal module prints it: 0.0, 1.75, 1E-7. */
export function decimalText({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? "-" : "";
  const digits = String(coefficient < 0n ? -coefficient : coefficient);
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits.charAt(0)}${fraction}E${adjusted < 0 ? "" : "+"}${adjusted}`;
  }
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
