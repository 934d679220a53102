/** How much work a call is, as a count that does not depend on how busy the machine is. */
import { Session } from "node:inspector/promises";
import { setFlagsFromString } from "node:v8";

// Counts are kept with the compiled code, which V8 otherwise throws away now and then.
setFlagsFromString("--no-flush-bytecode");

/**
 * What the steps of a call grow by from twice to four times the input, beside what they grow by up to twice (so that what
 * it takes anyway does not count): 0 where it does not grow, 2 where it grows as its input does, 4 where it grows with its
 * square. A step is a call of a function, callbacks of arrays too; what is native (a regular expression, a copy of an array)
 * does not count, nor do Node's and the test runner's own. (By blocks V8's counts are not the same twice.)
 */
export async function growthOf(work: (size: number) => unknown, size: number): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    const stepsOf = async (of: number): Promise<number> => {
      await session.post("Profiler.takePreciseCoverage");
      await work(of);
      const { result } = await session.post("Profiler.takePreciseCoverage");
      const ours = result.filter(({ url }) => !url.startsWith("node:") && !/node_modules\/@?vite/.test(url));
      const ranges = ours.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
      return ranges.reduce((sum, { count }) => sum + count, 0);
    };
    const growthFrom = async (from: number): Promise<number> => {
      const once = await stepsOf(from);
      const twice = await stepsOf(2 * from);
      const fourTimes = await stepsOf(4 * from);
      return fourTimes === twice ? 0 : (fourTimes - twice) / (twice - once);
    };
    // Once before: what is made at the first call belongs to no size.
    await work(size);
    const growth = await growthFrom(size);
    // What took the same twice and then more: a timer's call may have come in between. With another size, which nothing remembers.
    return growth === Number.POSITIVE_INFINITY ? await growthFrom(size + 1) : growth;
  } finally {
    session.disconnect();
  }
}
