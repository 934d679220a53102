/** Overrides of values: what a change, +, ++ and ~ do to a config, and what each refuses. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import { describe, expect, test } from "vitest";
import { valuesOf } from "./compose-files.ts";

const config = `a: 1
none: null
gone: ???
d: {e: 1.0, list: [x, {k: v}, z], deep: {f: true}}
ref: \${d.deep}
`;
const base = {
  a: 1,
  none: null,
  gone: "???",
  d: { e: 1, list: ["x", { k: "v" }, "z"], deep: { f: true } },
  ref: { f: true },
};

/** The config without `gone`, which is missing on purpose. */
function changedBy(...overrides: readonly string[]): unknown {
  return valuesOf({ "config.yaml": config.replace("gone: ???\n", "") }, overrides);
}

const { gone: _missing, ...start } = base;

describe("a value", () => {
  test.each<[string, unknown]>([
    ["a=2", { ...start, a: 2 }],
    ["a={b:1}", { ...start, a: { b: 1 } }],
    ["none=x", { ...start, none: "x" }],
    ["d.e=null", { ...start, d: { ...start.d, e: null } }],
    ["d.list=[1]", { ...start, d: { ...start.d, list: [1] } }],
    ["d.list.0=y", { ...start, d: { ...start.d, list: ["y", { k: "v" }, "z"] } }],
    ["d.list.1.k=w", { ...start, d: { ...start.d, list: ["x", { k: "w" }, "z"] } }],
    ["d={e:2}", { ...start, d: { ...start.d, e: 2 } }],
    ["+new=1", { ...start, new: 1 }],
    ["+new.below=1", { ...start, new: { below: 1 } }],
    ["+none=1", { ...start, none: 1 }],
    ["+d.more=[1,{x:y}]", { ...start, d: { ...start.d, more: [1, { x: "y" }] } }],
    ["+d={more:1}", { ...start, d: { ...start.d, more: 1 } }],
    ["++a=2", { ...start, a: 2 }],
    ["++new=2", { ...start, new: 2 }],
    ["++a.b=2", { ...start, a: { b: 2 } }],
    ["d.list=extend_list(1,2)", { ...start, d: { ...start.d, list: ["x", { k: "v" }, "z", 1, 2] } }],
  ])("%s", (override, result) => {
    expect(changedBy(override)).toEqual(result);
  });

  test("several are applied in their order", () => {
    expect(changedBy("a=2", "a=3", "+b.c=1", "b.c=2", "~b.c", "+b.c=5")).toEqual({ ...start, a: 3, b: { c: 5 } });
  });

  test("what an interpolation leads to changes with it", () => {
    expect(changedBy("d.deep.f=false")).toMatchObject({ d: { deep: { f: false } }, ref: { f: false } });
  });
});

describe("a deletion", () => {
  test.each<[string, unknown]>([
    ["~a", { none: null, d: start.d, ref: start.ref }],
    ["~a=1", { none: null, d: start.d, ref: start.ref }],
    ["~a=1.0", { none: null, d: start.d, ref: start.ref }],
    ["~d.e=1", { ...start, d: { list: start.d.list, deep: start.d.deep } }],
    ["~d.list.0", { ...start, d: { ...start.d, list: [{ k: "v" }, "z"] } }],
    ["~d.list.1.k", { ...start, d: { ...start.d, list: ["x", {}, "z"] } }],
  ])("%s", (override, result) => {
    expect(changedBy(override)).toEqual(result);
  });
});

describe("refused", () => {
  test.each<[string, string]>([
    ["b=1", "CONFIG_UNKNOWN_KEY"],
    ["d.x=1", "CONFIG_UNKNOWN_KEY"],
    ["a.b=1", "CONFIG_UNKNOWN_KEY"],
    ["d={x:1}", "CONFIG_UNKNOWN_KEY"],
    ["~b", "CONFIG_UNKNOWN_KEY"],
    ["~none", "CONFIG_UNKNOWN_KEY"],
    ["~a=2", "CONFIG_VALUE_DIFFERS"],
    ["~d.list=[x]", "CONFIG_VALUE_DIFFERS"],
    ["+a=2", "CONFIG_KEY_EXISTS"],
    ["+d.e=2", "CONFIG_KEY_EXISTS"],
    ["d.list.3=1", "CONFIG_BAD_INDEX"],
    ["d.list.x=1", "CONFIG_BAD_INDEX"],
    ["d=[1]", "CONFIG_KIND_CONFLICT"],
    ["d.list={a:1}", "CONFIG_KIND_CONFLICT"],
    ["a=extend_list(1)", "CONFIG_KIND_CONFLICT"],
    ["nosuch=extend_list(1)", "CONFIG_KIND_CONFLICT"],
    ["+b={null:1}", "CONFIG_BAD_KEY"],
    ["b@c=1", "CONFIG_NO_SUCH_GROUP"],
  ])("%s: %s", (override, code) => {
    expect(() => changedBy(override)).toThrow(expect.objectContaining({ code }));
  });

  test("with the nearest key, the way to add one, and where a value comes from", () => {
    expect(() => changedBy("d.deap.f=1")).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("To append to your config use +d.deap.f=1"),
        hint: expect.stringContaining("Did you mean 'd.deep'?"),
      }),
    );
    expect(() => changedBy("+a=2")).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/It is 1 \(.*config\.yaml/) }),
    );
  });
});
