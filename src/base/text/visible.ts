/** Texts from anybody's repository, made safe for a terminal. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const dangerous = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const allDangerous = new RegExp(dangerous, "g");
const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
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

/** Names and values come from anybody's commits: control characters and direction marks are shown as escapes, not sent. */
export function visible(text: string): string {
  return withoutLogCommands(dangerous.test(text) ? text.replace(allDangerous, escapeCharacter) : text);
}

/** The same, but line ends and tabs stay: for formats that can quote them. */
export function visibleLines(text: string): string {
  if (!dangerous.test(text)) return text;
  return text.replace(allDangerous, (character) =>
    character in shortEscapes ? character : escapeCharacter(character),
  );
}

/** For lines on a terminal: line feeds and tabs stay, a carriage return (which would write over the line) is shown. */
export function visibleText(text: string): string {
  if (!dangerous.test(text)) return withoutLogCommands(text);
  const shown = text.replace(allDangerous, (character) =>
    /[\n\t]/.test(character) ? character : escapeCharacter(character),
  );
  return withoutLogCommands(shown);
}
