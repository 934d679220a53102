import { Command } from "commander";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addLimitOptions, entryLimits, type LimitFlags, limitWords } from "../../../src/cli/options/limits.ts";

function parsed(words: readonly string[]): LimitFlags {
  const command = addLimitOptions(new Command("run")).option("--strict").option("--fail-fast");
  return command.parse([...words], { from: "user" }).opts<LimitFlags>();
}

const number = (max: number) => fc.integer({ min: 1, max });
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,9}$/);
const flags = fc.record(
  {
    retries: fc.nat(999_999),
    retryDelay: number(1e9),
    timeout: number(1e9),
    maxFailures: number(999_999),
    gpus: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9:._/-]{1,9}$/), { minLength: 1, maxLength: 4 }),
    perGpu: number(9999),
    strict: fc.constant(true as const),
    failFast: fc.constant(true as const),
    slots: fc
      .uniqueArray(fc.tuple(name, number(9999)), { minLength: 1, selector: ([key]) => key })
      .map((all) => new Map(all)),
  },
  { requiredKeys: [] },
);

test("the words of any limits give the same limits again: the workers in the background are started with them", () => {
  fc.assert(
    fc.property(flags, (given) => {
      const { perGpu, failFast, ...rest } = given;
      // These two mean something beside others only.
      const sound: LimitFlags = {
        ...rest,
        ...(perGpu === undefined || rest.gpus === undefined ? {} : { perGpu }),
        ...(failFast === undefined || rest.maxFailures !== undefined ? {} : { failFast }),
      };
      expect(parsed(limitWords(sound))).toEqual(sound);
    }),
  );
});

test("an entry keeps the retries and the time limit, and nothing else", () => {
  const words = ["--retries", "2", "--timeout", "1m", "--max-failures", "3", "--gpus", "0"];
  expect(entryLimits(parsed(words))).toEqual({ limits: { retries: 2, timeoutMs: 60_000 } });
  expect(entryLimits(parsed(["--max-failures", "3"]))).toEqual({});
});
