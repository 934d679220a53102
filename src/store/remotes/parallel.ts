import { availableParallelism } from "node:os";
import { isExpected } from "../../base/errors.ts";
import type { TransferTasks } from "./types.ts";

/** How many files are moved at a time: as asked, as the remote's settings say, or 4 a processor. */
export function filesAtOnce(asked: number | undefined, configured?: number): number {
  return asked ?? configured ?? 4 * availableParallelism();
}

/** Runs the work for all items, `jobs` at a time. The first rejection ends it: no new item is started. */
export async function inParallel<T>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      const item = items[next++] as T;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, jobs), items.length) }, lane));
}

/** Runs the work for each item; what is expected of a single file is told, and the others go on. */
export function eachTold<T>(
  items: readonly T[],
  { jobs, done }: TransferTasks,
  { keyOf, work }: { keyOf(item: T): string; work(item: T): Promise<void> },
): Promise<void> {
  return inParallel(items, filesAtOnce(jobs), async (item) => {
    try {
      await work(item);
    } catch (error) {
      if (!isExpected(error)) throw error;
      await done(keyOf(item), error);
      return;
    }
    await done(keyOf(item));
  });
}
