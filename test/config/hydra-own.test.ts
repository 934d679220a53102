/** What Hydra brings to every composition: its groups, the keys below `hydra`, and which of them are open. */
import { describe, expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { aroundProject, checkHydraKeys, isOpenBelowHydra } from "../../src/config/hydra-own.ts";
import { nodeOf } from "../../src/config/node.ts";
import { MemoryTree, treesInOrder } from "../../src/config/tree.ts";
import { valuesOf } from "./compose-files.ts";

describe("the trees around a project's own", () => {
  const own = new MemoryTree(
    new Map([
      ["hydra/job_logging/mine.yaml", "a: 1\n"],
      ["hydra/job_logging/default.yaml", "own: true\n"],
      ["hydra/launcher/joblib.yaml", "own: true\n"],
    ]),
  );
  const tree = treesInOrder(aroundProject([own]));
  const textOf = (name: string): string => Buffer.from(tree.read(name)?.bytes ?? []).toString();

  test("bring Hydra's groups, and those of its plugins", () => {
    expect(tree.options("hydra/launcher")).toContain("submitit_slurm");
    expect(tree.options("hydra/sweeper")).toEqual(["ax", "basic", "nevergrad", "optuna"]);
    expect(tree.options("hydra/job_logging")).toEqual(["colorlog", "default", "disabled", "mine", "none", "stdout"]);
    expect(["hydra", "hydra/env", "hydra/sweeper/sampler", "hydra/nope"].map((name) => tree.isGroup(name))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("have no place of their own in messages, and do not make a group of the top", () => {
    expect(tree.places).toEqual(own.places);
    expect(treesInOrder(aroundProject([])).isGroup("")).toBe(false);
  });

  test("Hydra's own package is found first, what is registered after the project's files", () => {
    expect(textOf("hydra/job_logging/default")).toBe("{}\n");
    expect(textOf("hydra/launcher/joblib")).toBe("own: true\n");
  });
});

describe("keys below hydra", () => {
  test.each<[path: readonly string[], isOpen: boolean]>([
    [[], false],
    [["job"], false],
    [["job", "name"], true],
    [["job", "config", "override_dirname"], false],
    [["job", "config", "override_dirname", "kv_sep"], true],
    [["sweeper", "n_trials"], true],
    [["launcher"], true],
    [["job_logging", "handlers", "x"], true],
    [["nope"], false],
    [["job", "nope"], false],
    [["toString"], false],
  ])("%j may hold any key: %j", (path, isOpen) => {
    expect(isOpenBelowHydra(path)).toBe(isOpen);
  });

  const map = (...entries: readonly (readonly [string, Value])[]): Map<string, Value> => new Map(entries);
  const check = (value: Value): void => checkHydraKeys(nodeOf(value, { kind: "hydra" }));

  test.each<[message: string, below: string, Value]>([
    ["'hydra.nope' is no setting of Hydra", "Below 'hydra' there are: mode, searchpath, run,", map(["nope", 1n])],
    ["'hydra.run.dri' is no setting of Hydra", "Below 'hydra.run' there are: dir.", map(["run", map(["dri", "x"])])],
    ["'hydra.job.constructor'", "Below 'hydra.job' there are: name,", map(["job", map(["constructor", 1n])])],
  ])("a misspelt one is refused with those that there are: %s", (message, below, value) => {
    expect(() => check(value)).toThrow(
      expect.objectContaining({
        code: "CONFIG_UNKNOWN_HYDRA_KEY",
        message: expect.stringContaining(message),
        hint: expect.stringContaining(below),
      }),
    );
  });

  test("of plugins and loggers any is taken, and so is a value in place of a mapping", () => {
    check(map(["sweeper", map(["anything", map(["below", 1n])])], ["run", "x"], ["verbose", [1n]]));
    check("hydra: null");
    expect(valuesOf({ "config.yaml": "hydra: {sweeper: {anything: {below: 1}}}\nlr: 1\n" })).toEqual({ lr: 1 });
  });
});
