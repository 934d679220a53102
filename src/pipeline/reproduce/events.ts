import type { StageProcess } from "../processes/command.ts";
import type { StageAddress } from "../types.ts";

/** "waiting": for somebody else who runs the same; "running" or "restored" comes after it. */
export type StageAction = "running" | "waiting" | "skipped" | "restored" | "checked-out" | "frozen";

/** What a reproduction tells while it works. Who prints needs `message` and `warning` only; `stage` is the same as data. */
export interface ReproduceEvents {
  /** A stage was decided on; for "running" the commands follow in `commands`. */
  stage(event: {
    readonly address: StageAddress;
    readonly action: StageAction;
    readonly commands: readonly string[];
    /** With "waiting": who is waited for, in words. */
    readonly owner?: string;
    /** With "running": whether its commands register checkpoints. */
    readonly checkpoints?: "some" | "none";
  }): void;
  /** A line as DVC prints it, in DVC's order (`Running stage 'x':`, `> cmd`, `Updating lock file 'dvc.lock'`, an empty line). */
  message(text: string): void;
  warning(text: string): void;
  /** Before anybody waits for it: a stage's process group was started. Its pid is the group's id. */
  processStarted(event: StageProcess & { readonly address: StageAddress }): void;
  processEnded(event: { readonly pid: number }): void;
  /** Asked by `interactive` before a stage runs; where it is missing the answer is no. */
  confirm?(question: string): Promise<boolean>;
}
