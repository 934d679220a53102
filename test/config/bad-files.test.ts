/** Files that nobody should write, or that somebody wrote to do harm: each is refused in a moment, with its place. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { type ConfigTexts, valuesOf } from "./compose-files.ts";

function failureOf(files: ConfigTexts, overrides: readonly string[] = []): SweeplineError {
  try {
    valuesOf(files, overrides);
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const aliasBomb = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"];
for (let level = 1; level < 9; level++) aliasBomb.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);

const referenceBomb = ["a0: {x: 1, y: 2}"];
for (let level = 1; level < 30; level++)
  referenceBomb.push(`a${level}: {x: "\${a${level - 1}}", y: "\${a${level - 1}}"}`);

const textBomb = ["a0: xxxxxxxxxx"];
for (let level = 1; level < 40; level++) textBomb.push(`a${level}: \${a${level - 1}}\${a${level - 1}}`);

const tree = (config: string | Uint8Array): ConfigTexts => ({ "config.yaml": config });

describe("bad config files", () => {
  it.each<[string, ConfigTexts, string]>([
    ["a duplicate key", tree("a: 1\nb: 2\na: 3\n"), "'config.yaml', line 3"],
    ["invalid UTF-8", tree(Uint8Array.of(97, 58, 32, 0xff, 10)), "'config.yaml', line 1, column 4: is not valid utf-8"],
    ["aliases that multiply", tree(aliasBomb.join("\n")), "aliases repeat more than"],
    ["an alias inside its anchor", tree("a: &a [*a]\n"), "line 1, column 8: the alias *a stands inside its own anchor"],
    ["too many brackets", tree(`a: ${"[".repeat(100_000)}`), "'config.yaml', line 1"],
    ["a tag of Python", tree("a: !!python/object/apply:os.system [ls]\n"), "line 1, column"],
    ["references that multiply", tree(referenceBomb.join("\n")), "interpolations repeat more than 100000 values"],
    ["texts that multiply", tree(textBomb.join("\n")), "the text grows beyond"],
    ["a circle of references", tree("a: ${b}\nb: ${c}\nc: ${a}\n"), "'config.yaml', line 1"],
    ["a reference to what holds it", tree(`a: {b: "\${a}"}\n`), "line 1"],
    ["an unreadable interpolation", tree(`a: \${b\n`), "'}' or a quote is missing at the end"],
    ["deep interpolations", tree(`a: ${"${".repeat(1000)}b${"}".repeat(1000)}\n`), "nested more than 100 deep"],
    [
      "a circle of defaults lists",
      { "config.yaml": "defaults: [b]\n", "b.yaml": "defaults: [c]\n", "c.yaml": "defaults: [b]\n" },
      "They go round: c → b → c.",
    ],
    [
      "a defaults list that is none",
      tree("defaults:\n  db: mysql\n"),
      "line 1, column 1: 'defaults' must be a list, not a mapping",
    ],
    [
      "two groups in one entry",
      tree("defaults:\n- a: b\n  c: d\n"),
      "line 2, column 3: an entry of a defaults list has one key",
    ],
    ["a null key", tree("a:\n  null: 1\n"), "line 2, column 3: null cannot be a key"],
    ["a header that is none", tree("# @package a b\nx: 1\n"), "must be a key and a value"],
    [
      "an unknown key of Hydra",
      tree("hydra:\n  swep: {dir: x}\n"),
      "line 2, column 3: 'hydra.swep' is no setting of Hydra",
    ],
    ["a config outside of the tree", { "config.yaml": "defaults: [../../secret]\n" }, "Parent traversal ('..')"],
    [
      "a mapping over a list",
      { "config.yaml": "defaults: [b, _self_]\na: {x: 1}\n", "b.yaml": "a: [1]\n" },
      "line 2, column 1: 'a' is a mapping here and a list in b.yaml:1",
    ],
    ["a number for a config", tree("17\n"), "line 1, column 1: a config holds a mapping or a list"],
  ])("%s", (_name, files, message) => {
    expect(failureOf(files).message).toContain(message);
  });

  it("defaults lists that include each other twice each do not take for ever", () => {
    const files: Record<string, string> = { "config.yaml": "defaults: [c0]\n" };
    for (let level = 0; level < 40; level++)
      files[`c${level}.yaml`] = `defaults: [c${level + 1}@a, c${level + 1}@b]\nx: ${level}\n`;
    expect(failureOf({ ...files, "c40.yaml": "x: 40\n" }).code).toBe("CONFIG_CIRCLE");
  });

  it("names the override where one is to blame", () => {
    const failure = failureOf(tree("a: 1\n"), ["a={x:1}", "+a.y={z:2}", "b=2"]);
    expect(failure.message).toBe("Could not override 'b'.\nTo append to your config use +b=2");
    expect(failure.place?.text).toBe("b=2");
  });
});
