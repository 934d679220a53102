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
