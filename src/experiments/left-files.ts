/** Files that the stages of a run left in its copy, which nobody tracks or ignores: they go with the copy. */
import { someOf } from "../base/text/listing.ts";

const mostNames = 20;

/** As DVC says it. */
export function leftWords(names: readonly string[]): string {
  return `The following untracked files were present in the experiment directory after reproduction but will not be included in experiment commits:\n\t${someOf(names, mostNames)}`;
}
