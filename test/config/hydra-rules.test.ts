/**
 * Rules of Hydra 1.3.8 on OmegaConf 2.3.1 that are seldom met, and those of Hydra 1.4.0rc3 that are kept where 1.3 goes
 * wrong without a word. The values are recorded from the real ones.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { toPlain } from "../../src/base/value.ts";
import { ignoredSettings } from "../../src/config/ignored-settings.ts";
import { openConfigs } from "../../src/config/project-config.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { type ConfigTexts, valuesOf } from "./compose-files.ts";

const one = (text: string): ConfigTexts => ({ "config.yaml": text });

describe("below a reference", () => {
  const files = one("base: {lr: 1, wd: 2}\nopt: ${base}\n");
  test.each<readonly [override: string, values: unknown]>([
    ["+opt.eps=3", { base: { lr: 1, wd: 2, eps: 3 }, opt: { lr: 1, wd: 2, eps: 3 } }],
    ["opt.lr=9", { base: { lr: 9, wd: 2 }, opt: { lr: 9, wd: 2 } }],
    ["++opt.lr=3", { base: { lr: 3, wd: 2 }, opt: { lr: 3, wd: 2 } }],
    ["+opt.sub.x=1", { base: { lr: 1, wd: 2, sub: { x: 1 } }, opt: { lr: 1, wd: 2, sub: { x: 1 } } }],
    ["~opt.lr", { base: { wd: 2 }, opt: { wd: 2 } }],
    ["opt={lr: 5}", { base: { lr: 1, wd: 2 }, opt: { lr: 5 } }],
  ])("%s", (override, values) => {
    expect(valuesOf(files, [override.replace(": ", ":")])).toEqual(values);
  });

  test("of a list, and of a reference to a reference", () => {
    expect(valuesOf(one("base: [1, 2]\nopt: ${base}\n"), ["opt.0=5"])).toEqual({ base: [5, 2], opt: [5, 2] });
    const chain = one("a: {b: {c: 1}}\nx: ${a}\ny: ${x.b}\n");
    expect(valuesOf(chain, ["y.c=2", "+x.d=3"])).toEqual({
      a: { b: { c: 2 }, d: 3 },
      x: { b: { c: 2 }, d: 3 },
      y: { c: 2 },
    });
  });

  test("a reference to a text gives way", () => {
    expect(valuesOf(one("a: x\nb: ${a}\n"), ["+b.c=1"])).toEqual({ a: "x", b: { c: 1 } });
  });

  test("what is not there is refused", () => {
    expect(() => valuesOf(files, ["opt.nope=1"])).toThrow("Could not override 'opt.nope'");
    expect(() => valuesOf(one("opt: ${nope}\n"), ["+opt.a=1"])).toThrow("nope");
  });
});

describe("integer keys", () => {
  const files = one("s: {10: {lr: 1}, -1: c}\n");
  test.each<readonly [override: string, values: unknown]>([
    ["s.10.lr=5", { 10: { lr: 5 }, "-1": "c" }],
    ["++s.10=z", { 10: "z", "-1": "c" }],
    ["+s.10.x=1", { 10: { lr: 1, x: 1 }, "-1": "c" }],
    ["~s.10", { "-1": "c" }],
    ["+s.11=1", { 10: { lr: 1 }, "-1": "c", 11: 1 }],
  ])("%s", (override, values) => {
    expect(valuesOf(files, [override])).toEqual({ s: values });
  });

  test("in interpolations", () => {
    expect(valuesOf(one("s: {10: a}\nf: ${s.10}\ng: ${s[10]}\nh: '${oc.select:s.10,no}'\n"))).toMatchObject({
      f: "a",
      g: "a",
      h: "a",
    });
    expect(valuesOf(one("s: {10: a, '10': b}\nf: ${s.10}\n"))).toMatchObject({ f: "b" });
  });
});

test.each<readonly [text: string, values: unknown]>([
  ["base: 1\nesc: \\${base}\nref: ${esc}\n", { base: 1, esc: "${base}", ref: 1 }],
  ["ref: ${esc}\nbase: 1\nesc: \\${base}\n", { ref: "${base}", base: 1, esc: "${base}" }],
  ["base: 1\nesc: \\${base}\nin:\n- a-${esc}\n", { base: 1, esc: "${base}", in: ["a-1"] }],
])("a reference to a text that is no interpolation any more: %j", (text, values) => {
  expect(valuesOf(one(text))).toEqual(values);
});

test.each<readonly [files: ConfigTexts, values: unknown]>([
  [
    { "config.yaml": "defaults: [extra: e]\nlr: 1\n", "extra/e.yaml": "verbose\n" },
    { extra: { verbose: null }, lr: 1 },
  ],
  [one("'two words'\n"), { "two words": null }],
  [one("~\n"), {}],
])("a config of one word: %j", (files, values) => {
  expect(valuesOf(files)).toEqual(values);
});

describe("a way upwards in a defaults list", () => {
  const more = {
    "opt/adam.yaml": "lr: 1\n",
    "extra/x.yaml": "k: 1\n",
    "opt/sub/y.yaml": "y: 1\n",
    "up.yaml": "u: 1\n",
  };
  test.each([
    "opt: ../up",
    "opt/../up",
    "../up",
    "opt: sub/../adam",
    "/opt/../extra: x",
    "opt/sub: ../adam",
    "opt: [adam, ../extra/x]",
  ])("%s", (entry) => {
    expect(() => valuesOf({ ...more, "config.yaml": `defaults:\n- ${entry}\n` })).toThrow("Parent traversal");
  });

  test.each(["opt=../extra/x", "+extra=../opt/adam", "opt=[adam,../extra/x]"])("%s", (override) => {
    expect(() => valuesOf({ ...more, "config.yaml": "defaults:\n- opt: adam\n" }, [override])).toThrow(
      "Parent traversal",
    );
  });

  test("names with two dots are names", () => {
    expect(valuesOf({ "config.yaml": "defaults:\n- opt: v..2\n", "opt/v..2.yaml": "a: 1\n" })).toEqual({
      opt: { a: 1 },
    });
  });
});

describe("an override in a defaults list and +group on the command line", () => {
  const files = { "net/small.yaml": "n: 1\n", "net/large.yaml": "n: 2\n" };
  const dangling = { ...files, "config.yaml": "defaults:\n- _self_\n- override net: small\nlr: 1\n" };
  const later = {
    ...files,
    "config.yaml": "defaults: [_self_]\n",
    "exp/e.yaml": "# @package _global_\ndefaults:\n- override /net: small\n",
  };

  test("the command line is not overruled by what stands before it", () => {
    expect(() => valuesOf(dangling, ["+net=large"])).toThrow("No earlier Group Default for 'net'");
    expect(() => valuesOf(dangling)).toThrow("No match in the defaults list");
  });

  test("a config that is added after it may", () => {
    expect(valuesOf(later, ["+net=large", "+exp=e"])).toEqual({ net: { n: 1 } });
    expect(() => valuesOf(later, ["+exp=e", "+net=large"])).toThrow("Could not override 'net'");
  });
});

test("the groups of Optuna's sweeper", () => {
  const text =
    "defaults:\n- _self_\n- override hydra/sweeper: optuna\n- override hydra/sweeper/sampler: cmaes\nlr: 1\n";
  expect(valuesOf(one(text))).toEqual({ lr: 1 });
  expect(valuesOf(one(text), ["hydra/sweeper/sampler=random", "hydra.sweeper.sampler.seed=1"])).toEqual({ lr: 1 });
  expect(() => valuesOf(one("defaults:\n- override hydra/sweeper/sampler: tpe\n"))).toThrow("No match");
});

test("resolvers of Hydra's own say why they are none here", () => {
  const hintOf = (text: string): string | undefined => {
    try {
      valuesOf(one(text));
    } catch (error) {
      return (error as { hint?: string }).hint;
    }
    return undefined;
  };
  expect(hintOf("t: ${now:%Y}\n")).toContain("every run another experiment");
  expect(hintOf("t: ${python_version:major}\n")).toContain("No Python");
});

function project(files: Readonly<Record<string, string>>) {
  const root = makeTemporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const warnings: string[] = [];
  const place = { folder: path.join(root, "conf"), shown: "conf", namedBy: "setting", configName: "config" } as const;
  const configs = openConfigs({
    ...place,
    workingFolder: root,
    environment: {},
    warn: (message) => warnings.push(message),
  });
  const edits = (overrides: readonly string[]) =>
    expandPoints(overrides, { composed: "all" }).points[0]?.overrides.map(({ edit }) => edit) ?? [];
  return {
    warnings,
    values: (...overrides: readonly string[]) => toPlain(configs.valueAt(edits(overrides))),
    sweep: (...overrides: readonly string[]) => configs.sweeper(edits(overrides)).params,
    compose: (...overrides: readonly string[]) => configs.compose(edits(overrides)),
  };
}

describe("the search path", () => {
  test.each(["pkg://company.shared", "file://nowhere", "nowhere", "structured://x"])(
    "%s is not there: a warning",
    (entry) => {
      const { values, warnings } = project({ "conf/config.yaml": `hydra: {searchpath: ["${entry}"]}\nlr: 1\n` });
      expect(values()).toEqual({ lr: 1 });
      expect(warnings).toEqual([expect.stringContaining(`'${entry}' is not available`)]);
    },
  );

  test("a package is the folder of its name", () => {
    const { values, warnings } = project({
      "conf/config.yaml": "defaults: [opt: adam]\nhydra: {searchpath: [pkg://company.shared]}\n",
      "company/shared/opt/adam.yaml": "lr: 1\n",
    });
    expect(values()).toEqual({ opt: { lr: 1 } });
    expect(warnings).toEqual([]);
  });
});

describe("settings that do nothing here", () => {
  test.each([
    ["hydra/launcher=joblib", "hydra/launcher=joblib has no effect: `sweepline sweep --jobs N`"],
    ["hydra.launcher.n_jobs=2", "hydra.launcher.n_jobs has no effect"],
    ["hydra/sweeper=optuna", "hydra/sweeper=optuna has no effect: `sweepline search --metric"],
    ["hydra/sweeper=ax", "hydra/sweeper=ax has no effect: `sweepline search --metric"],
    ["hydra.sweeper.max_batch_size=2", "hydra.sweeper.max_batch_size has no effect"],
    ["hydra.sweep.dir=out", "hydra.sweep.dir has no effect"],
    ["hydra.sweep.subdir=x", "hydra.sweep.subdir has no effect"],
    ["hydra.run.dir=out", "hydra.run.dir has no effect"],
    ["hydra.job.chdir=true", "hydra.job.chdir has no effect: a stage runs in the folder that its 'wdir'"],
    ["hydra.mode=MULTIRUN", "hydra.mode has no effect"],
    ["+hydra.job.env_set.A=1", "hydra.job.env_set has no effect"],
    ["+hydra.callbacks.x.a=1", "hydra.callbacks has no effect"],
  ])("%s: one line, once", (override, message) => {
    const { values, warnings } = project({ "conf/config.yaml": "lr: 1\n" });
    values(override);
    values(override, "lr=2");
    expect(warnings).toEqual([expect.stringContaining(message)]);
  });

  test("of the sweeper, whose overrides are no part of the points", () => {
    const { sweep, warnings } = project({ "conf/config.yaml": "lr: 1\n" });
    sweep("hydra/sweeper=optuna", "hydra.sweeper.n_trials=1");
    expect(warnings).toEqual([expect.stringContaining("hydra/sweeper=optuna has no effect")]);
  });

  test("none for what Hydra brings itself, for logging and for the sweep", () => {
    const { compose } = project({
      "conf/config.yaml": "hydra: {sweeper: {params: {lr: '1,2'}}, job: {chdir: false, name: x}}\nlr: 1\n",
    });
    expect(ignoredSettings(compose("hydra/job_logging=none", "hydra.verbose=true"))).toEqual([]);
  });
});
