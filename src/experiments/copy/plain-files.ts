/** Whether Git stores a file's bytes as they are, or what a filter, an encoding or a keyword makes of them. */
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import { type GitOptions, tryGit } from "../../git/run.ts";

/** Attributes with which Git may store other bytes than those of the file; for line ends see `mayBeConverted`. */
const converting = ["filter", "working-tree-encoding", "ident"];

/** Line ends are converted by several attributes and settings, but only where there is a carriage return. */
export function mayBeConverted(content: Buffer): boolean {
  return content.includes(13);
}

/** A work tree, and how git is called in it. */
export interface FilteredTree {
  readonly top: string;
  readonly settings: GitOptions;
  /** A name for the attributes that are not in the work tree: another one, other attributes. */
  readonly template: string;
}

/**
 * Remembers what Git said of a name, for as long as the attributes that hold for it are the same. Attributes of the machine
 * and the user are those of the first question.
 */
export class PlainFiles {
  readonly #known = new Map<string, "plain" | "converted">();

  /** Whether none of the files is stored otherwise than it is. @param names from the top of the work tree */
  async areAll(names: readonly string[], tree: FilteredTree): Promise<boolean> {
    const keyOf = keysIn(tree);
    const unknown = names.filter((name) => !this.#known.has(keyOf(name)));
    // Names that come once only must not pile up.
    if (this.#known.size > 10_000) this.#known.clear();
    const converted = unknown.length === 0 ? new Set<string>() : await convertedFiles(unknown, tree.settings);
    if (converted === undefined) return false;
    for (const name of unknown) this.#known.set(keyOf(name), converted.has(name) ? "converted" : "plain");
    return names.every((name) => this.#known.get(keyOf(name)) === "plain");
  }
}

/** A name with all that the work tree says of its attributes. */
function keysIn({ top, template }: FilteredTree): (name: string) => string {
  const texts = new Map<string, string>();
  const attributesAt = (folder: string): string => {
    const known = texts.get(folder);
    if (known !== undefined) return known;
    const own = readIfExists(path.join(top, folder, ".gitattributes"))?.toString("latin1") ?? "";
    const text = folder === "." ? `${template}\0${own}` : `${attributesAt(path.posix.dirname(folder))}\0${own}`;
    texts.set(folder, text);
    return text;
  };
  return (name) => `${name}\0${attributesAt(path.posix.dirname(name))}`;
}

/** Of these files those that Git converts; undefined where it does not say. */
async function convertedFiles(names: readonly string[], settings: GitOptions): Promise<Set<string> | undefined> {
  const input = names.map((name) => `${name}\0`).join("");
  const args = ["check-attr", "--stdin", "-z", ...converting];
  const { exitCode, stdout } = await tryGit(args, { ...settings, input });
  if (exitCode !== 0) return undefined;
  const words = stdout.toString().split("\0").slice(0, -1);
  const answers = names.flatMap((_, at) =>
    converting.map((_attribute, of) => words[(at * converting.length + of) * 3 + 2]),
  );
  if (words.length !== answers.length * 3) return undefined;
  const isUnset = (value: string | undefined) => value === "unspecified" || value === "unset";
  return new Set(
    names.filter((_, at) => !answers.slice(at * converting.length, (at + 1) * converting.length).every(isUnset)),
  );
}
