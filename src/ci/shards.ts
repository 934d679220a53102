/** Points packed into jobs. A job's points are a range of positions in the plan: `7`, or `4-7`. */
import { SweeplineError } from "../base/errors.ts";
import { matrixExitCodes } from "./exit-codes.ts";

export interface Shard {
  readonly first: number;
  /** The last point, itself included. */
  readonly last: number;
}

/** As many jobs as are allowed, their sizes differing by one at most; every point in exactly one. */
export function packShards(points: number, maxJobs: number): readonly Shard[] {
  const jobs = Math.min(points, maxJobs);
  const shards: Shard[] = [];
  for (let job = 0; job < jobs; job++)
    shards.push({ first: Math.floor((job * points) / jobs), last: Math.floor(((job + 1) * points) / jobs) - 1 });
  return shards;
}

export function shardText({ first, last }: Shard): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** Reads `7` or `4-7`. Throws BAD_POINT where it is none, or is not in a plan of that many points. */
export function parseShard(text: string, points: number): Shard {
  const found = /^(0|[1-9]\d{0,8})(?:-(0|[1-9]\d{0,8}))?$/.exec(text);
  const first = Number(found?.[1] ?? Number.NaN);
  const last = Number(found?.[2] ?? first);
  if (first <= last && last < points) return { first, last };
  throw new SweeplineError({
    code: "BAD_POINT",
    message: `--point takes a position or a range of positions (7, 0-3) from 0 to ${points - 1}`,
    exitCode: matrixExitCodes.usage,
  });
}
