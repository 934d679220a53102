import type { LockEntry, StageAddress, StageFailure } from "../types.ts";

export interface ReproduceFacts {
  /** The lock entries of the pipeline stages that were visited (run, restored or skipped). */
  readonly entries: ReadonlyMap<StageAddress, LockEntry>;
  /** All stages of the plan, in its order: a commit holds their files, also of those that were skipped. */
  readonly steps: readonly StageAddress[];
  /** Those that ran or were restored, in the order of the plan: what DVC makes an experiment's hash of. */
  readonly changedStages: readonly StageAddress[];
  /** Files to add to Git, relative to the project's root, sorted: lock files, .gitignore, .dvc files that were written. */
  readonly writtenFiles: readonly string[];
}

export type ReproduceResult =
  | ({
      readonly kind: "done";
      /** How many ran or were restored. */
      readonly changed: number;
    } & ReproduceFacts)
  | ({ readonly kind: "failed"; readonly failures: readonly StageFailure[] } & ReproduceFacts)
  | { readonly kind: "cancelled" };
