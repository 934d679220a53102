/** Options of sbatch, as a user gives them. */
import { expect, test } from "vitest";
import { sbatchOption, sbatchWords } from "../../../src/run/slurm/options.ts";

test.each([
  ["partition=gpu", ["partition", "gpu"]],
  ["time=2h", ["time", "120"]],
  ["time=1h30m", ["time", "90"]],
  ["time=30s", ["time", "1"]],
  ["time=1-12:00", ["time", "1-12:00"]],
  ["exclusive", ["exclusive", ""]],
  ["comment=a=b", ["comment", "a=b"]],
] as const)("%s is an option of sbatch", (text, option) => {
  expect(sbatchOption(text)).toEqual(option);
});

test.each(["array=1", "job-name=x", "-p=x", "wrap=rm", "--partition=x", "Partition", ""])("%j is refused", (text) => {
  expect(() => sbatchOption(text)).toThrow(expect.objectContaining({ code: "BAD_OPTIONS" }));
});

test("a signal of the user's takes the place of ours", () => {
  expect(sbatchWords(new Map())).toEqual(["--signal=B:USR1@120", "--requeue"]);
  const own = new Map([
    ["signal", "B:USR1@30"],
    ["no-requeue", ""],
  ]);
  expect(sbatchWords(own)).toEqual(["--signal=B:USR1@30", "--no-requeue"]);
});
