/**
 * Thrown by code that does not wait, where it needs what only waiting brings: a parser, an object of Git. Not a failure: whoever
 * called it loads that and calls again.
 */
export abstract class NotLoaded extends Error {
  /** @param what the same text for the same need: what was loaded once is not needed again */
  constructor(readonly what: string) {
    super(`${what} is not loaded`);
  }

  /** Many at once are one question. */
  abstract load(): Promise<unknown>;
}

/** Does the work, which has no effects, again and again until it needs nothing more. */
export async function whenLoaded<T>(work: () => T): Promise<T> {
  let needed: string | undefined;
  for (;;)
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NotLoaded) || error.what === needed) throw error;
      needed = error.what;
      await error.load();
    }
}

/** The same for many jobs: what all of them need is loaded together, round by round. */
export async function eachWhenLoaded<J, T>(jobs: Iterable<J>, work: (job: J) => T): Promise<ReadonlyMap<J, T>> {
  const done = new Map<J, T>();
  const needed = new Map<J, string>();
  let open = [...jobs];
  while (open.length > 0) {
    const needs: NotLoaded[] = [];
    const waiting: J[] = [];
    for (const job of open)
      try {
        done.set(job, work(job));
      } catch (error) {
        if (!(error instanceof NotLoaded) || needed.get(job) === error.what) throw error;
        needed.set(job, error.what);
        needs.push(error);
        waiting.push(job);
      }
    await Promise.all(needs.map((need) => need.load()));
    open = waiting;
  }
  return done;
}
