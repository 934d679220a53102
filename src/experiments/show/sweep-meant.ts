/** Which sweep an id means: that of the id, or the only one that begins so. */
import { SweeplineError } from "../../base/errors.ts";
import { someOf } from "../../base/text/listing.ts";

const mostNamed = 5;

/** What a refusal says of the sweeps that there are; undefined where there are none. */
export function sweepsHint(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : `There are: ${someOf(ids, mostNamed)}.`;
}

/** `1a2b` is s-1a2b3c; undefined where no sweep begins so. Throws SWEEP_UNKNOWN where several do. */
export function sweepMeant(asked: string, ids: Iterable<string>): string | undefined {
  const known = [...new Set(ids)];
  if (known.includes(asked)) return asked;
  const beginning = known.filter((id) => asked !== "" && (id.startsWith(asked) || id.startsWith(`s-${asked}`)));
  const [first, second] = beginning;
  if (second === undefined) return first;
  throw new SweeplineError({
    code: "SWEEP_UNKNOWN",
    message: `several sweeps begin with '${asked}'`,
    hint: `Which one: ${someOf(beginning, mostNamed)}?`,
  });
}
