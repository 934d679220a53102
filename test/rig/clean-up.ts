/**
 * What a test file leaves behind is removed once, after its last test: running processes are ended, folders deleted,
 * and a command that failed without any test looking at it is reported.
 */
type Step = () => void | Promise<void>;

const steps: Step[] = [];

/** Runs after the last test of the file, the latest registered first. */
export function whenFileEnds(step: Step): void {
  steps.push(step);
}

/** All steps; test/setup.ts calls it after the last test of each file. */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
}
