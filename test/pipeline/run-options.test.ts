import { Command } from "commander";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addReproduceOptions } from "../../src/cli/options/reproduce.ts";
import { entryMessage, parseEntryMessage } from "../../src/experiments/record.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import {
  isKeptOptions,
  keptOptions,
  pointOptions,
  type RunOptionName,
  type RunOptions,
  runDefaults,
  runFlags,
  runOptionsFrom,
  runOptionsOf,
  runOptionTable,
  workspaceOnlyFlags,
} from "../../src/pipeline/run-options.ts";

const names = Object.keys(runOptionTable) as RunOptionName[];
const isWorkspaceOnly = (name: RunOptionName) => "workspaceOnly" in runOptionTable[name];

/** The options of a command line. */
function parsed(words: readonly string[]): RunOptions {
  const command = addReproduceOptions(new Command("run")).option("-j, --jobs <n>", "", Number);
  const flags = command.parse([...words], { from: "user" }).opts<{ readonly jobs?: number }>();
  return runOptionsOf(flags, flags.jobs === undefined ? {} : { jobs: flags.jobs });
}

/** What an entry's record gives back, through the text of its commit. */
function recorded(options: RunOptions): RunOptions {
  const id = "a".repeat(40) as ObjectId;
  const record = { v: 1, sequence: 1, folder: "", identity: "x", overrides: [], targets: [] } as const;
  const text = entryMessage({ head: id, baseline: id, name: "n" }, { ...record, flags: keptOptions(options) });
  return runOptionsFrom(parseEntryMessage(text).record.flags);
}

/** A row's flags as they are typed, with what they make of its option. */
const typed = names.flatMap((name): { name: RunOptionName; words: readonly string[]; value: unknown }[] =>
  name === "jobs"
    ? [{ name, words: ["-j", "3"], value: 3 }]
    : runOptionTable[name].flags.flatMap((flag) =>
        flag.name.split(", ").map((word) => ({ name, words: [word], value: flag.value })),
      ),
);

describe("each row", () => {
  test.each(typed)("$words sets $name to $value, and an entry keeps it", ({ name, words, value }) => {
    const options = parsed(words);
    expect(options).toEqual({ ...runDefaults, [name]: value });
    expect(recorded(options)).toEqual(isWorkspaceOnly(name) ? runDefaults : options);
    expect(Object.keys(keptOptions(options))).toEqual(isWorkspaceOnly(name) ? [] : [name]);
  });

  test("has a flag of its own, and one of them a default that the flag changes", () => {
    const long = runFlags("anywhere").map(({ name }) => name);
    expect(new Set(long).size).toBe(long.length);
    expect(typed.filter(({ name, value }) => runDefaults[name] === value)).toEqual([]);
    expect(new Set(typed.map(({ name }) => name))).toEqual(new Set(names));
  });
});

test("any flags together come through the record as they were, but for what only the workspace takes", () => {
  fc.assert(
    fc.property(fc.subarray(typed, { minLength: 0 }), (flags) => {
      const options = parsed(flags.flatMap(({ words }) => words));
      const { interactive, dry } = runDefaults;
      expect(recorded(options)).toEqual({ ...options, interactive, dry });
      expect(isKeptOptions(keptOptions(options))).toBe(true);
    }),
  );
});

test("of --keep-going and --ignore-errors the second counts, in any order", () => {
  expect(parsed(["--ignore-errors", "-k"]).onError).toBe("ignore");
  expect(parsed(["-k"]).onError).toBe("keep-going");
});

test.each([
  [null],
  ["force"],
  [{ later: true }],
  [{ dry: true }],
  [{ interactive: true }],
  [{ force: "yes" }],
  [{ onError: "go on" }],
  [{ jobs: 0 }],
  [{ jobs: 1.5 }],
])("%j is no record of options", (value) => {
  expect(isKeptOptions(value)).toBe(false);
});

test("a point is the same with --force and with other jobs, and no other", () => {
  const all = { force: true, jobs: 4, strict: true, commit: false };
  expect(pointOptions(all)).toEqual({ strict: true, commit: false });
});

test("what only the workspace takes is named by name", () => {
  const options = parsed(["-i", "--dry", "--pull"]);
  expect(workspaceOnlyFlags(options).given.map(({ name }) => name)).toEqual(["--dry", "--interactive"]);
  expect(workspaceOnlyFlags(runDefaults)).toMatchObject({
    all: [{ name: "--dry" }, { name: "--interactive" }],
    given: [],
  });
});
