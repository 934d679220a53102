/** The config tree of a project: what its files compose to, the sweep that it holds. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import { describe, expect, test } from "vitest";
import { toPlain } from "../../src/base/value.ts";
import { openConfigs, type ProjectConfigs } from "../../src/config/project-config.ts";
import { configPlace } from "../../src/config/project-place.ts";
import type { Project } from "../../src/project/project.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { type Files, makeRepository } from "../rig/index.ts";

const project = (settings: Readonly<Record<string, string>>, root = "/project"): Pick<Project, "root" | "config"> => {
  const config = { get: (name: string) => settings[name] };
  return { root, config } as unknown as Project;
};

function configsOf(files: Files, warnings: string[] = []): ProjectConfigs {
  const { folder } = makeRepository({ git: false, dvc: false, files });
  const place = configPlace(project({}, folder), { HOME: "/home/me" });
  return openConfigs({ ...place, warn: (message) => warnings.push(message) });
}

const edits = (...overrides: readonly string[]) =>
  (expandPoints(overrides, { composed: "all" }).points[0]?.overrides ?? []).map(({ edit }) => edit);

const tree = {
  "conf/config.yaml": "defaults: [model: small, _self_]\nlr: 0.1\nhome: ${oc.env:HOME}\nlater: ???\n",
  "conf/model/small.yaml": "hidden: 4\n",
  "conf/model/large.yaml": "hidden: 32\n",
};

describe("the values", () => {
  test("are those of the files and the edits, interpolations resolved, what is missing left so", () => {
    const configs = configsOf(tree);
    const value = { model: { hidden: 4 }, lr: 0.1, home: "/home/me", later: "???" };
    expect(toPlain(configs.valueAt([]))).toEqual(value);
    expect(toPlain(configs.valueAt(edits("model=large", "lr=1", "+new=[a]")))).toEqual({
      ...value,
      model: { hidden: 32 },
      lr: 1,
      new: ["a"],
    });
    // The same object for the next point: nothing of the one before is left.
    expect(toPlain(configs.valueAt([]))).toEqual(value);
  });

  test("are written as OmegaConf writes them", () => {
    expect(configsOf(tree).textOf(configsOf(tree).valueAt([]))).toBe(
      "model:\n  hidden: 4\nlr: 0.1\nhome: /home/me\nlater: ???\n",
    );
  });

  test("of groups are told by their options", () => {
    const configs = configsOf(tree);
    expect(configs.optionsOf("model")).toEqual(["large", "small"]);
    expect(configs.optionsOf("nosuch")).toBeUndefined();
    expect(configs.optionsOf("")).toBeUndefined();
  });

  test("that are deprecated are told of once, however many points there are", () => {
    const warnings: string[] = [];
    const configs = configsOf({ "conf/config.yaml": "old: ${oc.deprecated:new}\nnew: 1\n" }, warnings);
    for (const override of ["new=1", "new=2"]) configs.valueAt(edits(override));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("'old' is deprecated");
  });
});

describe("the sweep in the config", () => {
  const sweepOf = (config: string, ...overrides: readonly string[]) =>
    configsOf({ ...tree, "conf/config.yaml": `lr: 0.1\n${config}` })
      .sweeper(edits(...overrides))
      .params.map(({ text }) => text);

  test.each<[string, string, readonly string[]]>([
    ["nothing", "", []],
    ["null", "hydra: {sweeper: {params: null}}\n", []],
    [
      "texts",
      "hydra: {sweeper: {params: {lr: '0.1,0.2', model: 'choice(small,large)'}}}\n",
      ["lr=0.1,0.2", "model=choice(small,large)"],
    ],
    [
      "other values as Python writes them",
      "hydra: {sweeper: {params: {a: 1, b: true, c: null, d: 1.0}}}\n",
      ["a=1", "b=True", "c=null", "d=1.0"],
    ],
    ["interpolations", "hydra: {sweeper: {params: {x: '${lr},5'}}}\n", ["x=0.1,5"]],
  ])("%s", (_name, config, texts) => {
    expect(sweepOf(config)).toEqual(texts);
  });

  test("takes what the command line changes", () => {
    expect(sweepOf("hydra: {sweeper: {params: {x: '${lr},5'}}}\n", "lr=7")).toEqual(["x=7,5"]);
  });

  test.each([
    ["hydra: {sweeper: {params: {x: [1, 2]}}}\n"],
    ["hydra: {sweeper: {params: {x: {a: 1}}}}\n"],
    ["hydra: {sweeper: {params: [1, 2]}}\n"],
  ])("%j is refused", (config) => {
    expect(() => sweepOf(config)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^CONFIG_/) }));
  });
});
