/** Why a condition holds for nothing here. */
import { someOf } from "../../base/text/listing.ts";

/** Experiments of other commits that a condition holds for. */
export interface Elsewhere {
  readonly count: number;
  /** Branches or tags, else short ids. */
  readonly commits: readonly string[];
}

export interface InVain {
  /** Comparisons that hold for no value of its kind, as sentences. */
  readonly doubts: readonly string[];
  readonly elsewhere: Elsewhere | undefined;
}

/** What there is elsewhere, and how to reach it. */
function elsewhereText({ count, commits }: Elsewhere): string {
  const which = count === 1 ? "1 experiment derives" : `${count} experiments derive`;
  const of = commits.length === 1 ? "another commit" : `${commits.length} other commits`;
  return `It holds for experiments elsewhere: ${which} from ${of} (${someOf(commits, 3)}). -A looks at all commits, --rev at those that it names.`;
}

/** undefined where nothing is known. */
export function inVainOf(known: InVain): InVain | undefined {
  return known.doubts.length === 0 && known.elsewhere === undefined ? undefined : known;
}

export function inVainText({ doubts, elsewhere }: InVain): string {
  return [...doubts, ...(elsewhere === undefined ? [] : [elsewhereText(elsewhere)])].join(" ");
}
