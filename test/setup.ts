/**
 * For every test file: what it leaves behind is removed after its last test; a failure shows the commands that its test ran.
 */
import { configureGlobal } from "fast-check";
import { afterAll, afterEach, beforeEach } from "vitest";
import { cleanUp } from "./rig/clean-up.ts";
import { describeCommands, forgetCommands, testEnds, testStarts } from "./rig/journal.ts";
import { seed } from "./seed.ts";

if (seed !== undefined) configureGlobal({ seed });

afterAll(cleanUp);

beforeEach(({ task, onTestFailed }) => {
  testStarts(task.id);
  onTestFailed(() => {
    const commands = describeCommands(task.id);
    const error = task.result?.errors?.at(-1);
    // Below the error itself, where every reporter shows it.
    if (commands !== "" && error !== undefined) error.message += `\n\n${commands}\n`;
  });
});
afterEach(({ task }) => testEnds(task.id));
afterAll(forgetCommands);
