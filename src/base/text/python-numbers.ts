/** The texts that Python's int() and float() read as numbers: blanks around, `_` between digits, digits of any script. */

const blanks = "[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const digits = "[0-9](?:_?[0-9])*";

/** Of a text in ASCII digits: the sign, and the digits. */
export const intText = new RegExp(`^${blanks}([+-]?)(${digits})${blanks}$`);

/** Of a text in ASCII digits: the sign, and the rest. */
export const floatText = new RegExp(
  `^${blanks}([+-]?)((?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][+-]?${digits})?|inf(?:inity)?|nan)${blanks}$`,
  "i",
);

/** Digits of other scripts, which Python reads too, as ASCII ones. A script's digits stand in a row from zero to nine. */
export function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let before = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
    return String(before % 10);
  });
}

/** Whether float() takes a text: then int() may, too, and never takes any other. */
export function isNumberText(text: string): boolean {
  return floatText.test(asciiDigits(text));
}
