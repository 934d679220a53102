/** How many bytes a table reads: of one row, and of all of them. One row of a stranger must not take the others with it. */
import { SweeplineError } from "../../base/errors.ts";
import { bytesText, fileSizeLimit, sizeLimitVariable } from "../../base/size-limit.ts";
import type { ObjectId } from "../../git/ids.ts";

/** What a row that is as small as most are may have however many there are. */
const small = 256 * 1024;

export interface SizedFile {
  readonly file: string;
  readonly id: ObjectId;
  readonly size: number;
}

/** Counts the bytes of files that are parsed for the rows of one command. */
export class RowSizes {
  private readonly ofRow = fileSizeLimit() / 16;
  private left = fileSizeLimit() / 4;
  /** What was counted, and is parsed once however many rows have it. */
  private readonly known = new Set<string>();

  /** Counts a row's files, or refuses them all. Throws REVISION_TOO_LARGE. */
  add(files: readonly SizedFile[]): void {
    const total = files.reduce((sum, { size }) => sum + size, 0);
    if (total > this.ofRow)
      throw this.refused(
        `pipeline files, parameters and metrics of ${bytesText(total)} (limit: ${bytesText(this.ofRow)})`,
      );
    if (total < small) return;
    const fresh = files.filter(({ file, id }) => !this.known.has(`${file}\0${id}`));
    const needed = fresh.reduce((sum, { size }) => sum + size, 0);
    if (needed > Math.max(small, this.left))
      throw this.refused(`${bytesText(needed)} to read, and with all rows before it that is too much for one table`);
    this.left -= needed;
    for (const { file, id } of fresh) this.known.add(`${file}\0${id}`);
  }

  private refused(what: string): SweeplineError {
    return new SweeplineError({
      code: "REVISION_TOO_LARGE",
      message: `the commit has ${what}`,
      hint: `${sizeLimitVariable} raises the limits.`,
    });
  }
}
