/** Which entries of a queue are meant, here or in a Git remote. */
import { SweeplineError } from "../../base/errors.ts";
import { quotedList } from "../../base/text/listing.ts";

interface Named {
  readonly name: string;
  readonly state?: "queued" | "failed";
}

/** Those of these names, or where none is given all that wait. Throws NOT_A_TASK. */
export function chosenEntries<Entry extends Named>(
  entries: readonly Entry[],
  names: readonly string[],
): readonly Entry[] {
  const waiting = entries.filter(({ state }) => state !== "failed");
  if (names.length === 0) return waiting;
  const chosen = waiting.filter(({ name }) => names.includes(name));
  const found = new Set(chosen.map(({ name }) => name));
  const unknown = names.filter((name) => !found.has(name));
  if (unknown.length === 0) return chosen;
  throw new SweeplineError({
    code: "NOT_A_TASK",
    message: `not queued there: ${quotedList(unknown)}`,
    hint: "Without names all are meant. Nothing was changed.",
  });
}
