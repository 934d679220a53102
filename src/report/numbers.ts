/** Rounding as Python prints it. JavaScript rounds an exact half up, Python to the even digit; everything else agrees. */

/** Keeps `kept` of the digits. Digits of a binary fraction are exact, so "5000..." is a true half. */
function roundDigits(digits: string, kept: number): { readonly digits: string; readonly carried: boolean } {
  const head = digits.slice(0, kept);
  const rest = digits.slice(kept);
  const lastIsEven = Number(head.at(-1) ?? "0") % 2 === 0;
  const up = /^50*$/.test(rest) ? !lastIsEven : rest >= "5";
  if (!up) return { digits: head, carried: false };
  const raised = (BigInt(head) + 1n).toString().padStart(kept, "0");
  return raised.length > kept ? { digits: raised.slice(0, kept), carried: true } : { digits: raised, carried: false };
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

/** `f"{value:.{digits}g}"`: that many significant digits, without trailing zeros; 1e-05 and 1e+16 as Python writes them. */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0`;
  const [mantissa = "", power = "0"] = Math.abs(value).toExponential(100).split("e");
  const rounded = roundDigits(mantissa.replace(".", ""), digits);
  const exponent = Number(power) + (rounded.carried ? 1 : 0);
  const significant = rounded.digits.replace(/0+$/, "");
  if (exponent >= -4 && exponent < digits) return sign + placePoint(significant, exponent);
  const fraction = significant.length > 1 ? `.${significant.slice(1)}` : "";
  const exponentText = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${significant[0]}${fraction}e${exponent < 0 ? "-" : "+"}${exponentText}`;
}

/** "125" with exponent 0 is 1.25, with 4 it is 12500, with -2 it is 0.0125. */
function placePoint(significant: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${significant}`;
  const whole = significant.padEnd(exponent + 1, "0");
  return whole.length > exponent + 1 ? `${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1)}` : whole;
}

/** `round(value, digits)`: that many digits after the point. */
export function roundDecimals(value: number, digits: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value;
  const [whole = "", fraction = ""] = Math.abs(value).toFixed(100).split(".");
  const kept = whole.length + digits;
  const rounded = roundDigits(whole + fraction, kept);
  const all = (rounded.carried ? "1" : "") + rounded.digits + (rounded.carried ? "0" : "");
  const point = whole.length + (rounded.carried ? 1 : 0);
  const result = Number(`${all.slice(0, point)}.${all.slice(point)}`);
  return value < 0 ? -result : result;
}
