/** A time limit that can stand still. */
export class Countdown {
  private timer: NodeJS.Timeout | undefined;
  private leftMs: number;
  private startedAt = 0;

  /** Starts at once. */
  constructor(
    limitMs: number,
    private readonly over: () => void,
  ) {
    this.leftMs = limitMs;
    this.resume();
  }

  pause(): void {
    if (this.timer === undefined) return;
    this.leftMs -= performance.now() - this.startedAt;
    this.cancel();
  }

  /** Goes on; one that runs is left alone. */
  resume(): void {
    if (this.timer !== undefined) return;
    this.startedAt = performance.now();
    this.timer = setTimeout(this.over, Math.max(0, this.leftMs));
  }

  /** Stops it, for good or until it is resumed. */
  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
