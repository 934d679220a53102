/** Lets one loop sleep until somebody wakes it or a time has passed. */
export class Wake {
  private isDue = false;
  private resolve: (() => void) | undefined;

  /** Ends the sleep; where nobody sleeps, the next sleep ends at once. */
  now(): void {
    this.isDue = true;
    this.resolve?.();
  }

  /** @param limitMs undefined: without limit */
  async sleep(limitMs: number | undefined): Promise<void> {
    if (!this.isDue) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
        if (limitMs !== undefined) timer = setTimeout(resolve, Math.max(0, limitMs));
      });
      clearTimeout(timer);
      this.resolve = undefined;
    }
    this.isDue = false;
  }
}
