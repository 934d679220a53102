/** The time that a run has, and what its end means. */
import { Countdown } from "../../base/countdown.ts";

/** It ends at once, or with its next checkpoint: in a stage that makes none, at once all the same. */
export type LimitMoment = "once" | "checkpoint";

export class Deadline {
  private readonly countdown: Countdown | undefined;
  private time: "left" | "over" = "left";
  /** What the stage makes that began last. */
  private checkpoints: "some" | "none" = "some";

  /**
   * @param limitMs undefined: without end
   * @param end called where the run is to end; perhaps more than once
   */
  constructor(
    limitMs: number | undefined,
    private readonly moment: LimitMoment,
    private readonly end: () => void,
  ) {
    this.countdown = limitMs === undefined ? undefined : new Countdown(limitMs, () => this.expire());
  }

  private expire(): void {
    this.time = "over";
    if (this.moment === "once" || this.checkpoints === "none") this.end();
  }

  /** A checkpoint is safe. */
  checkpointed(): void {
    if (this.time === "over") this.end();
  }

  /** Where a stage begins that makes none, nothing is gained by waiting. */
  stageBegins(checkpoints: "some" | "none"): void {
    this.checkpoints = checkpoints;
    if (this.time === "over" && checkpoints === "none") this.end();
  }

  /** Its time stands still until `resume`. */
  pause(): void {
    this.countdown?.pause();
  }

  resume(): void {
    if (this.time === "left") this.countdown?.resume();
  }

  cancel(): void {
    this.countdown?.cancel();
  }
}
