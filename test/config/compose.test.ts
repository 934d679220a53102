// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toPlain } from "../../src/base/value.ts";
import { compose } from "../../src/config/compose.ts";
import { plainNode } from "../../src/config/node.ts";
import { configOverride } from "../../src/config/overrides.ts";
import { ConfigFiles } from "../../src/config/read.ts";
import { projectTree } from "../../src/config/search-path.ts";
import { MemoryTree } from "../../src/config/tree.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { sourcesOf, typedValuesOf, valuesOf } from "./compose-files.ts";

describe("scalars of config files are those of YAML 1.1, with dates as text", () => {
  it.each<[string, unknown]>([
    ["010", 8n],
    ["0o10", "0o10"],
    ["0x1F", 31n],
    ["0b101", 5n],
    ["1_000", 1000n],
    ["1:30", 90n],
    ["1e3", 1000],
    ["1.5e3", 1500],
    ["-.5", "-.5"],
    [".5", 0.5],
    ["1.", 1],
    ["+.inf", Number.POSITIVE_INFINITY],
    ["yes", true],
    ["Off", false],
    ["y", "y"],
    ["~", null],
    ["2020-01-01", "2020-01-01"],
    ["09", "09"],
    ["'010'", "010"],
  ])("%s", (text, value) => {
    expect(typedValuesOf({ "config.yaml": `a: ${text}\n` })).toEqual(new Map([["a", value]]));
  });
});

describe("interpolations", () => {
  const config = `a: 1
name: a
none: null
gone: ???
d: {e: "\${.f}", f: ff, g: "\${..a}", list: [x, {k: "\${...f}"}]}
`;
  it.each<[string, unknown]>([
    ["${a}", 1],
    ["x${a}y${none}", "x1yNone"],
    ["${${name}}", 1],
    ["${d.list[1].k}", "ff"],
    ["${d[e]}", "ff"],
    ["${ d.list.0 }", "x"],
    ["\\${a}", "${a}"],
    ["\\\\${a}", "\\1"],
    ["no \\ change", "no \\ change"],
    ["${oc.env:HOME}", "/home/me"],
    ["${oc.env:NOPE,1.50}", "1.5"],
    ["${oc.env:NOPE,'1.50'}", "1.50"],
    ["${oc.env:NOPE,null}", null],
    ["${oc.env:NOPE,${a}}", "1"],
    ["${oc.select:nope,[1,{a: b}]}", [1, { a: "b" }]],
    ["${oc.select:gone,5}", 5],
    ["${oc.select:d.f.deeper}", null],
    ["${oc.decode:'{x: [1, 2.0, true, null, \"a b\"]}'}", { x: [1, 2, true, null, "a b"] }],
    ["${oc.dict.keys:d}", ["e", "f", "g", "list"]],
    ["${oc.dict.values:.d}", ["ff", "ff", 1, ["x", { k: "ff" }]]],
    ["${oc.create:{a: ${a}}}", { a: 1 }],
    ["${oc.create:'{a: 010}'}", { a: 8 }],
    ["${oc.create:b}", { b: null }],
    ["${d}", { e: "ff", f: "ff", g: 1, list: ["x", { k: "ff" }] }],
  ])("%s", (text, value) => {
    const values = valuesOf({ "config.yaml": `${config}x: '${text.replaceAll("'", "''")}'\n` }) as Record<
      string,
      unknown
    >;
    expect(values.x).toEqual(value);
  });

  it.each([
    ["${nope}", "Interpolation key 'nope' not found"],
    ["${gone}", "Missing mandatory value: gone"],
    ["${...a}", "Interpolation key '...a' not found"],
    ["${oc.env:NOPE}", "Environment variable 'NOPE' not found"],
    ["${oc.dict.keys:a}", "takes the key of a mapping"],
    ["${hydra:job.name}", "Unsupported interpolation type hydra"],
    ["${a.b}", "Interpolation key 'a.b' not found"],
    ["${a b}", "cannot stand here"],
  ])("%s is refused", (text, message) => {
    expect(() => valuesOf({ "config.yaml": `${config}x: '${text}'\n` })).toThrow(message);
  });

  it("a text without interpolation stays as it is, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        fc.pre(!text.includes("${"));
        expect(valuesOf({ "config.yaml": `x: ${JSON.stringify(text)}\n` })).toEqual({ x: text });
      }),
    );
  });

  it("any text either resolves or is refused as a mistake", () => {
    const pieces = fc.constantFrom(
      "${",
      "}",
      "a",
      ".",
      ":",
      "oc.env",
      "[",
      "]",
      "{",
      ",",
      "'",
      '"',
      "\\",
      " ",
      "1",
      "$",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          valuesOf({ "config.yaml": `a: 1\nx: ${JSON.stringify(parts.join(""))}\n` });
        } catch (error) {
          expect(error).toMatchObject({ name: "SweeplineError", code: expect.stringContaining("INTERPOLATION") });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("values know where they come from", () => {
  const files = {
    "config.yaml": "defaults:\n- db: mysql\n- _self_\n\nlr: 0.1\nurl: ${db.host}\ncopy: ${db}\n",
    "db/mysql.yaml": "defaults: [base]\nhost: my\nopts: {a: 1,\n  b: 2}\n",
    "db/base.yaml": "port: 1\nhost: none\n",
  };

  it("from each file of a group, and from overrides, to the end", () => {
    expect(sourcesOf(files, ["db.opts.b=5", "+db.new=[7]", "lr=3"])).toMatchObject({
      "db.port": "db/base.yaml:1",
      "db.host": "db/mysql.yaml:2",
      "db.opts.a": "db/mysql.yaml:3",
      "db.opts.b": "db.opts.b=5",
      "db.new.0": "+db.new=[7]",
      lr: "lr=3",
      url: "config.yaml:6",
      "copy.port": "db/base.yaml:1",
    });
  });
});

describe("defaults lists", () => {
  const groups = { "db/a.yaml": "x: a\n", "db/b.yaml": "x: b\ny: b\n", "server/s.yaml": "name: s\n" };

  it.each<[string, string, readonly string[], unknown]>([
    [
      "an override of the list on the command line comes before one of a file",
      "- db: a\n- server: s\n- override db: b",
      ["db=a"],
      { db: { x: "a" }, server: { name: "s" } },
    ],
    ["an override may choose nothing", "- db: a\n- _self_\n- override db: null", [], {}],
    [
      "a primary config of overrides alone keeps its own values beside +group",
      "- override hydra/launcher: joblib",
      ["+db=a"],
      { own: 1, db: { x: "a" } },
    ],
    [
      "hydra's own groups are kept apart",
      "- _self_\n- override hydra/job_logging: colorlog\n- override hydra/sweeper: optuna",
      [],
      { own: 1 },
    ],
  ])("%s", (_name, list, overrides, expected) => {
    const own = JSON.stringify(expected).includes("own") ? "own: 1\n" : "";
    expect(valuesOf({ "config.yaml": `defaults:\n${list}\n${own}`, ...groups }, overrides)).toEqual(expected);
  });
});

describe("references below merges and overrides mean what they mean to OmegaConf", () => {
  const merged = (base: string, over: string, overrides: readonly string[] = []): unknown =>
    valuesOf({ "config.yaml": `defaults: [base, _self_]\n${over}`, "base.yaml": base }, overrides);

  it("a file's keys are merged one after the other: a reference sees what came before it", () => {
    expect(merged("d: [1]\nb: ${d}\n", "d: t\nb: ???\n")).toEqual({ d: "t", b: "t" });
    expect(merged("d: {a: 1}\nb: ${d}\n", "b: {c: 2}\nd: {a: 3}\n")).toEqual({ d: { a: 3 }, b: { a: 1, c: 2 } });
  });

  it("a list over a reference to a mapping is refused, over a bare mapping of a resolver it replaces", () => {
    expect(() => merged("e: {a: 1}\nd: ${e}\n", "d: []\n")).toThrow("cannot be merged");
    expect(() => merged("d: ${oc.create:{a:1}}\n", "d: []\n")).toThrow("cannot be merged");
    expect(merged("d: ${oc.select:nope,{a:1}}\n", "d: []\n")).toEqual({ d: [] });
  });

  it("an override looks through references", () => {
    const files = "map: {a: 1, b: 2}\nx: ${map}\n";
    expect(merged(files, "", ["~x.a"])).toEqual({ map: { b: 2 }, x: { b: 2 } });
    expect(() => merged(files, "", ["+x.a=5"])).toThrow("An item is already at 'x.a'");
    expect(() => merged("x: ${nope}\n", "", ["+x=[1]"])).toThrow("Interpolation key 'nope' not found");
  });

  it("points that choose the same options share what the files make, not what their overrides do", () => {
    const tree = new ConfigFiles(projectTree(new MemoryTree(new Map([["config.yaml", "a: {b: 1}\nc: 1\n"]]))));
    const made = ["a.b=2", "~c", "c=3"].map((text) => {
      const overrides = (expandPoints([text], { composed: "all" }).points[0]?.overrides ?? []).map(({ edit }) =>
        configOverride(edit),
      );
      return toPlain(plainNode(compose({ files: tree, configName: "config", overrides, environment: {} }).config));
    });
    expect(made).toEqual([{ a: { b: 2 }, c: 1 }, { a: { b: 1 } }, { a: { b: 1 }, c: 3 }]);
  });
});
