import { describe, expect, test } from "vitest";
import { elementsOf } from "../../src/sweep/enumerate.ts";
import { evaluateOverride, sweepOf } from "../../src/sweep/evaluate.ts";
import { recordedOverride } from "../../src/sweep/recorded.ts";

const inOrder = { random: () => 1 - Number.EPSILON };
const expanded = (text: string): unknown => recordedOverride(text, inOrder).expanded;

function issueOf(text: string) {
  const outcome = evaluateOverride(text);
  if (outcome.ok) throw new Error(`reads well: ${text}`);
  return outcome.issue;
}

test("an override has its type, key path, package and value", () => {
  const outcome = evaluateOverride("+a.b[0]=1_000");
  expect(outcome.ok && outcome.override).toMatchObject({
    type: "ADD",
    key: "a.b[0]",
    keyPath: ["a", "b", "0"],
    package: null,
    keyElement: "+a.b[0]",
    valueType: "element",
    value: 1000n,
  });
});

test("1, 1.0, '1', true and null stay apart", () => {
  const values = ["1", "1.0", "'1'", "true", "null"].map((value) => {
    const outcome = evaluateOverride(`k=${value}`);
    return outcome.ok ? outcome.override.value : undefined;
  });
  expect(values).toEqual([1n, 1, { kind: "quoted", text: "1", quote: "'" }, true, null]);
});

test("equal keys of a dict are one: the first key, the last value", () => {
  expect(recordedOverride("k={1:a,1.0:b,true:c,a:d}", {}).value_str).toBe("{1:c,a:d}");
});

test("a value is no sweep, a choice of one value is", () => {
  const [plain, swept] = ["k=1", "k=choice(1)"].map((text) => evaluateOverride(text));
  expect(plain?.ok && sweepOf(plain.override)).toBeUndefined();
  expect(swept?.ok && sweepOf(swept.override)?.kind).toBe("choice");
});

describe("functions", () => {
  test.each([
    ["k=range(3)", ["k=0", "k=1", "k=2"]],
    ["k=range(0,1,0.25)", ["k=0.0", "k=0.25", "k=0.5", "k=0.75"]],
    ["k=range(0.1,0.5,0.1)", ["k=0.1", "k=0.2", "k=0.3", "k=0.4"]],
    ["k=range(5,1)", []],
    ["k=range(start=1,stop=6,step=2)", ["k=1", "k=3", "k=5"]],
    ["k=sort(range(0,5,2),reverse=true)", ["k=4", "k=2", "k=0"]],
    ["k=sort(b,a,B)", ["k=B", "k=a", "k=b"]],
    ["k=sort([3,1.5,true])", ["k=[True,1.5,3]"]],
    ["k=int(1.9,'7',true)", ["k=1", "k=7", "k=1"]],
    ["k=int(range(0,2,0.5))", ["k=0", "k=0", "k=1", "k=1"]],
    ["k=float([1,{a:2}])", ["k=[1.0,{a:2.0}]"]],
    ["k=str(1e20,true)", ["k=1e+20", "k=true"]],
    ["k=bool(0,'TRUE')", ["k=False", "k=True"]],
    ["k=tag(a,choice(1,2))", ["k=1", "k=2"]],
    ["k=shuffle(1,2)", ["k=1", "k=2"]],
    ["k=extend_list(1,[2])", ["k=[1,[2]]"]],
    ["k=json_str({a:[1.0,null]})", ['k=\\{"a"\\:\\ \\[1.0\\,\\ null\\]\\}']],
  ])("%s", (text, jobs) => {
    expect(expanded(text)).toEqual(jobs);
  });

  test("shuffle keeps the values and takes another order", () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const jobs = recordedOverride("k=shuffle(range(20))", { random }).expanded as string[];
    const inOrderJobs = Array.from({ length: 20 }, (_, index) => `k=${index}`);
    expect(jobs).not.toEqual(inOrderJobs);
    expect([...jobs].sort()).toEqual([...inOrderJobs].sort());
  });

  test.each(["k=shuffle(range(20))", "k=shuffle(1,2,3,4,5,6,7,8,9)", "k=choice(shuffle([1,2,3,4,5,6,7,8,9]))"])(
    "%s is in the same order each time, another override in another",
    (text) => {
      const jobs = (given: string) => JSON.stringify(recordedOverride(given, {}));
      expect(jobs(text)).toBe(jobs(text));
      expect(jobs(text.replace("k=", "l="))).not.toBe(jobs(text).replaceAll('"k', '"l'));
    },
  );
});

describe("refusals name a code, and the call or argument they belong to", () => {
  test.each([
    ["k=foo(1)", "UNKNOWN_FUNCTION", "foo(1)"],
    ["k=[1, choise(1)]", "UNKNOWN_FUNCTION", "choise(1)"],
    ["k=choice()", "EMPTY_CHOICE", "choice()"],
    ["k=choice(choice(1))", "NESTED_SWEEP", "choice(choice(1))"],
    ["k=int(abc)", "CAST_FAILED", "int(abc)"],
    ["k=int(inf)", "CAST_FAILED", "int(inf)"],
    ["k=str(null)", "CAST_FAILED", "str(null)"],
    ["k=range(a)", "ARGUMENT_TYPE", "range(a)"],
    ["k=range(1,2,3,4)", "TOO_MANY_ARGUMENTS", "4"],
    ["k=range(1,start=2)", "ARGUMENT_TWICE", "range(1,start=2)"],
    ["k=range(stop=2)", "ARGUMENT_MISSING", "range(stop=2)"],
    ["k=range(1,by=2)", "UNKNOWN_ARGUMENT", "range(1,by=2)"],
    ["k=range(start=1,5)", "POSITIONAL_AFTER_NAMED", "5"],
    ["k=sort(1,a)", "NOT_COMPARABLE", "sort(1,a)"],
    ["k=tag(a)", "ARGUMENT_TYPE", "tag(a)"],
    ["+k=extend_list(1)", "EXTENSION_WITH_PREFIX", "extend_list(1)"],
  ])("%s: %s", (text, code, place) => {
    const issue = issueOf(text);
    expect(issue).toMatchObject({ code, phase: "eval" });
    expect(text.slice(issue.offset, issue.offset + issue.length)).toBe(place);
  });

  test("a number of more digits than Python reads", () => {
    expect(issueOf(`k=${"1".repeat(5000)}`)).toMatchObject({ code: "INT_TOO_LONG", offset: 2, length: 5000 });
  });

  test("an unknown function is told with the nearest name, if one is near", () => {
    expect(issueOf("k=chioce(1)").hint).toContain("Did you mean choice()?");
    expect(issueOf("k=foo(1)").hint).not.toContain("Did you mean");
    expect(issueOf("k=foo(1)").hint).toContain("choice, extend_list, float");
  });
});

describe("ranges that have no list of values", () => {
  test.each([
    ["k=range(0,inf)", "RANGE_UNBOUNDED"],
    ["k=range(nan,1)", "RANGE_NOT_A_NUMBER"],
    ["k=range(1,2,0)", "RANGE_STEP_ZERO"],
    ["k=range(0,1,0.0)", "RANGE_STEP_ZERO"],
    ["k=range(0,1e12)", "RANGE_TOO_LONG"],
    ["k=interval(0,1)", "INTERVAL_NOT_LISTED"],
  ])("%s", (text, code) => {
    expect(expanded(text)).toMatchObject({ error: { code } });
  });
});

describe("the place of a refused call", () => {
  test.each([
    ["k=choice(1,range(3))", "range(3)"],
    ["k=[1,choice(a,interval(0,1))]", "interval(0,1)"],
    ["k=range(1,2,3,4)", "4"],
    ["k=range(a)", "range(a)"],
  ])("%s: %s", (text, marked) => {
    const outcome = evaluateOverride(text);
    if (outcome.ok) throw new Error(`reads well: ${text}`);
    const { offset, length } = outcome.issue;
    expect(text.slice(offset, offset + length)).toBe(marked);
  });
});

test("a glob has no values without a group, nor by a pattern that is no text", () => {
  const glob = { kind: "glob", include: [1n], exclude: [] } as const;
  expect(() => elementsOf(glob)).toThrow(expect.objectContaining({ code: "GLOB_WITHOUT_GROUP" }));
  expect(() => elementsOf(glob, { globOptions: ["a"] })).toThrow(expect.objectContaining({ code: "GLOB_PATTERN" }));
});
