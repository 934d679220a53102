import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { configOverride } from "../../src/config/overrides.ts";
import type { ConfigFiles } from "../../src/config/read.ts";
import { configFiles } from "../../src/config/search-path.ts";
import { FolderTree } from "../../src/config/tree.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { makeRepository } from "../rig/index.ts";

const files = {
  "conf/db/a.yaml": "from: conf\n",
  "more/db/a.yaml": "from: more\n",
  "more/db/b.yaml": "from: more\n",
  "third/db/c.yaml": "from: third\n",
};

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
});

function filesOf(config: string, overrides: readonly string[] = []): ConfigFiles {
  const { folder } = makeRepository({ git: false, dvc: false, files: { ...files, "conf/config.yaml": config } });
  const [point] = expandPoints(overrides, { composed: "all" }).points;
  return configFiles({
    tree: new FolderTree(path.join(folder, "conf"), "conf"),
    configName: "config",
    overrides: (point?.overrides ?? []).map(({ edit }) => configOverride(edit)),
    workingFolder: folder,
    warn: (message) => warnings.push(message),
  });
}

const origin = (found: ConfigFiles, name: string): string | undefined => found.load(name)?.source?.path;

test.each<[string, string, readonly string[]]>([
  ["nothing", "a: 1\n", []],
  ["null", "hydra: {searchpath: null}\n", []],
  ["an empty list", "hydra: {searchpath: []}\n", []],
])("%s adds nothing", (_name, config, overrides) => {
  const found = filesOf(config, overrides);
  expect([origin(found, "db/a"), origin(found, "db/b")]).toEqual(["conf/db/a.yaml", undefined]);
});

test.each<[string, string, readonly string[]]>([
  ["file://", "hydra: {searchpath: ['file://more']}\n", []],
  ["a plain folder", "hydra: {searchpath: [more]}\n", []],
  ["an override", "a: 1\n", ["hydra.searchpath=[file://more]"]],
  ["an override in place of what the file says", "hydra: {searchpath: [third]}\n", ["hydra.searchpath=[more]"]],
])("%s: folders from where the command runs, searched after the config's own", (_name, config, overrides) => {
  const found = filesOf(config, overrides);
  expect([origin(found, "db/a"), origin(found, "db/b"), origin(found, "db/c")]).toEqual([
    "conf/db/a.yaml",
    "more/db/b.yaml",
    undefined,
  ]);
});

test.each([
  ["hydra: {searchpath: more}\n", "CONFIG_BAD_SEARCH_PATH"],
  ["hydra: {searchpath: [1]}\n", "CONFIG_BAD_SEARCH_PATH"],
  ["hydra: {searchpath: [[more]]}\n", "CONFIG_BAD_SEARCH_PATH"],
])("%j is refused", (config, code) => {
  expect(() => filesOf(config)).toThrow(expect.objectContaining({ code }));
});

test("a package is looked for as a folder; what is not there is told and left out", () => {
  const found = filesOf("hydra: {searchpath: ['pkg://third', 'pkg://no.such', 'structured://x']}\n");
  expect(origin(found, "db/c")).toBe("third/db/c.yaml");
  expect(warnings.join("\n")).toContain("pkg://no.such");
});
