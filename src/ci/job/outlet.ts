/** Where what the points of a job come to goes, while they run, and what earlier jobs left there. */
import type { ObjectId } from "../../git/ids.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import type { ListedCheckpoint } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";

export interface EarlierCheckpoints {
  /** For messages: `the remote`. */
  readonly place: "the remote" | "the bundle";
  /** The Git remote that has the commits. */
  readonly source: string;
  readonly listed: readonly ListedCheckpoint[];
  /** What has their data; undefined: the storage remote. */
  readonly storage: StorageRemote | undefined;
}

export interface JobOutlet {
  /** Hands over what earlier jobs left of points that are about to run, where there is anything. */
  withEarlier(points: readonly PlanPoint[], work: (earlier: EarlierCheckpoints) => Promise<void>): Promise<void>;
  /** A checkpoint of a running point is safe here. */
  registered(name: string, commit: ObjectId): void;
  /** A point has a result. */
  finished(name: string, commit: ObjectId): void;
  /** The commit stands for the checkpoint that an earlier job made, and that a point goes on from. */
  goesOnFrom(point: PlanPoint, commit: ObjectId): void;
  /** Nothing goes anywhere by itself any more; waits for what is under way. */
  close(): Promise<void>;
}
