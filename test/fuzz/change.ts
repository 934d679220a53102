/** What a case changes in a copy of the template. */

/** What a case changes in a copy of the template. Placeholders that bench.ts fills in: `@HEAD@`, `@EXPERIMENT@`, `@DIR0@`. */
export interface Change {
  /** Path in the repository (chosen by us) to text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Links in the repository: path to target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Dir objects: of the Nth, `@DIRN@` is the name. */
  readonly dirs?: readonly string[];
  readonly commits?: readonly FuzzCommit[];
  /** Below .git: what a clone or a fetch may bring there. */
  readonly refs?: Readonly<Record<string, string>>;
  readonly bundle?: Bundle;
}

export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  /** A text of a file or a link; undefined: an object that is not there. */
  readonly text?: string | undefined;
  readonly entries?: readonly TreeEntry[] | undefined;
}

export interface FuzzCommit {
  readonly ref: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined: the tree of a finished experiment. */
  readonly tree?: readonly TreeEntry[] | undefined;
  readonly parents: readonly string[];
}

/** The bundle of the template, cut and changed. */
export interface Bundle {
  readonly head: string;
  readonly keep: number;
}
