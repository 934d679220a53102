/**
 * The identity of a point: a hash of all that its run depends on, so that "already done" is a look-up.
 * It can be computed from any experiment's commit, so those that DVC ran count too.
 *
 *   the tree it starts from, without what a run writes (outputs, metrics, plots, lock files, .gitignore, .dvc/)
 *   the parameter files by what they say, not by their bytes (DVC rewrites them)
 *   targets, flags that change what runs, copied files
 */
import { createHash } from "node:crypto";
import type { Value } from "../../base/value.ts";
import { type KeptOptions, pointOptions } from "../../pipeline/run-options.ts";
import type { CanonicalJson } from "./canonical-json.ts";
import type { WholeRun } from "./ran-whole.ts";

export interface IdentityFacts {
  /** What filesHash() made of the tree. */
  readonly filesHash: string;
  /** Parameter files by path: what they hold. */
  readonly params: ReadonlyMap<string, Value>;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  /** A hash of the copied files. */
  readonly copiedPaths: string | undefined;
}

export interface IdentityScope {
  /** Paths from the top of the work tree that a run writes; folders cover what is below them. */
  readonly written: ReadonlySet<string>;
  readonly paramFiles: ReadonlySet<string>;
  /** What a whole run leaves in the lock file. */
  readonly wholeRun: WholeRun;
}

function isInput(path: string, scope: IdentityScope): boolean {
  if (path.startsWith(".dvc/") || path.includes("/.dvc/")) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "dvc.lock" || name === ".gitignore" || scope.paramFiles.has(path)) return false;
  if (scope.written.has(path)) return false;
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    if (scope.written.has(path.slice(0, slash))) return false;
  return true;
}

/** @param listing `git ls-tree -r -z --full-tree` of the tree */
export function filesHash(listing: string, scope: IdentityScope): string {
  const hash = createHash("sha256");
  for (const row of listing.split("\0")) {
    const tab = row.indexOf("\t");
    if (tab > 0 && isInput(row.slice(tab + 1), scope)) hash.update(row).update("\0");
  }
  return hash.digest("hex");
}

/** The identity, 64 hex digits. */
export function identityOf(facts: IdentityFacts, canonical: CanonicalJson): string {
  const flags = Object.entries(pointOptions(facts.flags));
  const hash = createHash("sha256").update(`sweepline identity 1\0${facts.filesHash}\0`);
  for (const [file, value] of [...facts.params].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${file}\0${canonical.of(value)}\0`);
  hash.update(JSON.stringify([facts.targets, flags.sort(([a], [b]) => (a < b ? -1 : 1)), facts.copiedPaths ?? null]));
  return hash.digest("hex");
}
