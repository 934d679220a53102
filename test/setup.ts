/**
 * For every test file: what it leaves behind is removed after its last test; a failure shows the commands that its test ran.
 *
 * Property tests draw the same values each time, so that a red run has its cause in the change and not in the dice.
 * SWEEPLINE_SEED=random draws anew; SWEEPLINE_SEED=N repeats a run.
 */
import { configureGlobal } from "fast-check";
import { afterAll, afterEach, beforeEach } from "vitest";
import { cleanUp } from "./rig/clean-up.ts";
import { describeCommands, forgetCommands, testEnds, testStarts } from "./rig/journal.ts";

const setting = process.env.SWEEPLINE_SEED ?? "20261122";
if (setting !== "random") configureGlobal({ seed: Number(setting) });

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
