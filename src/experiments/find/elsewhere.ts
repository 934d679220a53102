/** What a condition that holds for nothing here holds for elsewhere. */
import { someOf } from "../../base/text/listing.ts";

/** Experiments of other commits that a condition holds for. */
export interface Elsewhere {
  readonly count: number;
  /** Branches or tags, else short ids. */
  readonly commits: readonly string[];
}

/** What there is elsewhere, and how to reach it. */
export function elsewhereText({ count, commits }: Elsewhere): string {
  const which = count === 1 ? "1 experiment derives" : `${count} experiments derive`;
  const of = commits.length === 1 ? "another commit" : `${commits.length} other commits`;
  return `It holds for experiments elsewhere: ${which} from ${of} (${someOf(commits, 3)}). -A looks at all commits, --rev at those that it names.`;
}
