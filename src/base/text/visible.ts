/** Texts from anybody's repository, made safe for a terminal. */

/**
 * Control characters, what sets the direction of text, line ends that few know, and what takes no room (zero-width and
 * tag characters, fillers): two names would look like one. Joiners inside words and emoji (U+200C, U+200D) stay.
 */
const dangerous =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const allDangerous = new RegExp(dangerous, "gu");
const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\U${hex(code, 8)}`;
  return shortEscapes[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/**
 * A CI system reads commands in its log: Azure and GitHub's old form anywhere in a line, GitHub's new form where a line
 * starts. Which system shows the log is not asked: the texts are as odd in any.
 */
const logCommand = /##(?=\[|vso\[)|:(?=:)(?<=^[^\S\n]*:)/gim;

function withoutLogCommands(text: string): string {
  if (!text.includes("##") && !text.includes("::")) return text;
  return text.replace(logCommand, (mark) => (mark === ":" ? "\\x3a" : "#\\x23"));
}

/** Cyrillic, Greek, Armenian and other letters that look like Latin ones: in a word with Latin letters nobody means them. */
const lookAlike =
  "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03c1\u03f2\u03f3" +
  "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445" +
  "\u0455\u0456\u0458\u04bb\u04c0\u04cf\u0501\u051b\u051d\u0566\u0570\u0578\u057d\u0581\u0585" +
  "\u13a0\u13a1\u13aa\u13b3\u13bb\u13c2\u13d2\u13de\u13df\u13e2\u13e6\u13f4\u0131\u0261\u01c3";
const anyLookAlike = new RegExp(`[${lookAlike}]`);
const allLookAlike = new RegExp(`[${lookAlike}]`, "g");

function withoutLookAlikes(text: string): string {
  if (!anyLookAlike.test(text)) return text;
  return text.replace(/\p{L}+/gu, (word) =>
    /[A-Za-z]/.test(word) ? word.replace(allLookAlike, escapeCharacter) : word,
  );
}

/** Names and values come from anybody's commits: what could deceive is shown as escapes, not sent. */
export function visible(text: string): string {
  const shown = dangerous.test(text) ? text.replace(allDangerous, escapeCharacter) : text;
  return withoutLogCommands(withoutLookAlikes(shown));
}

/** The same, but line ends and tabs stay: for formats that can quote them. */
export function visibleLines(text: string): string {
  if (!dangerous.test(text)) return withoutLookAlikes(text);
  return withoutLookAlikes(
    text.replace(allDangerous, (character) => (character in shortEscapes ? character : escapeCharacter(character))),
  );
}

/** For lines on a terminal: line feeds and tabs stay, a carriage return (which would write over the line) is shown. */
export function visibleText(text: string): string {
  if (!dangerous.test(text)) return withoutLogCommands(withoutLookAlikes(text));
  const shown = text.replace(allDangerous, (character) =>
    /[\n\t]/.test(character) ? character : escapeCharacter(character),
  );
  return withoutLogCommands(withoutLookAlikes(shown));
}

/** A value as JSON that may be shown on a terminal; big integers become numbers. */
export function jsonOf(value: unknown): string {
  return visibleJson(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? Number(item) : item)));
}

/** JSON that may be shown on a terminal: the same values, such characters escaped as JSON escapes them. */
export function visibleJson(json: string): string {
  if (!dangerous.test(json)) return json;
  return json.replace(allDangerous, (character) =>
    character in shortEscapes ? character : character.replace(/./gs, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  );
}
