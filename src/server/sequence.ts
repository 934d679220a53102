/** Work one after the other, whatever becomes of what was before. */
export class Sequence {
  #last: Promise<unknown> = Promise.resolve();

  /** Its outcome is for who asked for it: where nobody does, a failure is nobody's and ends the process, as any bug. */
  add<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = Promise.allSettled([done]);
    return done.then((value) => value);
  }
}
