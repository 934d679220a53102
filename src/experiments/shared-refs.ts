/**
 * The queue of a Git remote: refs/sweepline/queue/<2>/<38>/<name>, by the baseline and the name that the result will have, so
 * that a name stands for one point only. DVC looks at refs/exps only.
 */
import type { ObjectId, RefName } from "../git/ids.ts";

const sharedPrefix = "refs/sweepline/queue";

/** For `git ls-remote`. */
export const sharedPattern = `${sharedPrefix}/*`;

export interface SharedRef {
  readonly ref: RefName;
  readonly baseline: ObjectId;
  readonly name: string;
  /** The entry, or the claim of who took it. */
  readonly id: ObjectId;
}

export function sharedRef(baseline: ObjectId, name: string): RefName {
  return `${sharedPrefix}/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}` as RefName;
}

const pattern = /^refs\/sweepline\/queue\/([0-9a-f]{2})\/([0-9a-f]{38}|[0-9a-f]{62})\/([^/]+)$/;

/** The parts of a ref as a remote tells it, or undefined for any other ref. The name is not looked at. */
export function parseSharedRef(ref: string, id: ObjectId): SharedRef | undefined {
  const found = pattern.exec(ref);
  if (found === null) return undefined;
  return { ref: ref as RefName, baseline: `${found[1]}${found[2]}` as ObjectId, name: found[3] ?? "", id };
}
