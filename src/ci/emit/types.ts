import type { ObjectId } from "../../git/ids.ts";
import type { Shard } from "../shards.ts";

/** All that an emitted text may say of a plan. No point's name or value is in it: what is not here can't leak. */
export interface Emission {
  readonly sweep: string;
  readonly baseline: ObjectId;
  /** See planDigest(). */
  readonly digest: string;
  readonly points: number;
  readonly shards: readonly Shard[];
  /** The project's folder in the repository, with slashes; "" for its top. Jobs go there before they name a file. */
  readonly folder: string;
  /** The plan file's path as the jobs name it. */
  readonly planFile: string;
  /** The package of sweepline, where the emitted jobs install it. */
  readonly packageSpec: string;
  /** Jobs at a time, where the system is told here; undefined: no limit of ours. */
  readonly parallel: number | undefined;
  /** GitLab: a file of the repository with the hidden job `.sweepline-point`, instead of one of our own. */
  readonly template: string | undefined;
}

export type Emit = (emission: Emission) => string;
