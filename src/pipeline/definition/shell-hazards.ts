/** Values that a template pastes into a command although a shell reads some of their characters as its own. */
import { isMap, type Value } from "../../base/value.ts";
import type { ShellHazard } from "../types.ts";

// Line ends are all that Python's splitlines() knows: each begins a new command.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C to U+001E are among them
const special = /[;&|<>$`"'\\*?()[\]{}\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]|(?<=^|\s)[#~]/g;

function charactersOf(text: string): string[] {
  const found = (text.match(special) ?? []).map((each) => (/[;&|<>$`"'\\*?()[\]{}#~]/.test(each) ? each : "\\n"));
  return [...new Set(found)];
}

function hazardIn(reference: string, part: ShellHazard["part"], text: string): ShellHazard[] {
  const characters = charactersOf(text);
  return characters.length === 0 ? [] : [{ reference, part, text, characters }];
}

/** Values of a mapping are quoted where it becomes arguments; its keys are not. */
function keyHazards(reference: string, value: Value): ShellHazard[] {
  if (!isMap(value)) return [];
  return [...value].flatMap(([key, item]) => [
    ...hazardIn(reference, "key", String(key)),
    ...keyHazards(reference, item),
  ]);
}

/** What a shell would read in the value that a command's reference stands for. */
export function shellHazards(reference: string, value: Value): readonly ShellHazard[] {
  if (typeof value === "string") return hazardIn(reference, "value", value);
  return keyHazards(reference, value);
}
