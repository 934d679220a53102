/** Promises that wait: for who asks later, and for each other. */

/**
 * Marks a promise whose failure is told by a later `await`: until then nobody listens, and Node would end the process. This is
 * the one place that may let a failure pass unseen; it is seen where the same promise is awaited.
 */
export function toldLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Work one after the other, whatever becomes of what was before. */
export class Sequence {
  #last: Promise<unknown> = Promise.resolve();

  /** Its outcome is for who asked for it: where nobody does, a failure is nobody's and ends the process, as any bug. */
  add<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = Promise.allSettled([done]);
    return done.then((value) => value);
  }

  /** Once all that was added so far is over. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

/** Work of which only so much is done at a time; who waits begins in the order of asking. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly atOnce: number) {}

  /** Does the work when there is room for it, and answers what it gave. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    // Who waits gets the turn of who ends, so that nobody comes in between.
    if (this.#running >= this.atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
