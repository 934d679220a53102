/** What a condition means, and which experiments are the best. */
import { describe, expect, test } from "vitest";
import type { SweeplineError } from "../../../src/base/errors.ts";
import { chooseRows, type FindRequest, onlyRows } from "../../../src/experiments/find/find.ts";
import { madeBaseline } from "./rows.ts";

const baseline = madeBaseline({
  one: { params: { lr: 0.1, "opt.name": "sgd", layers: [16n, 32n] }, metrics: { acc: 0.9, size: 3 }, sweep: "s-1" },
  two: {
    params: { lr: 0.2, "opt.name": "adam", layers: [8n] },
    metrics: { acc: 0.95, size: 2 },
    created: 1_800_000_000,
  },
  three: { params: { lr: 0.3, "opt.name": "adam" }, metrics: { size: 1 }, tags: ["paper"] },
  four: { params: { lr: 10n ** 20n, "opt.name": "lion", on: true }, state: "queued" },
  five: { params: { lr: 1n, "opt.name": "a\u001b[31m" }, metrics: { acc: Number.NaN }, state: "failed" },
});

const nothing: FindRequest = { where: undefined, best: undefined, top: undefined };
const names = (request: Partial<FindRequest>, baselines = [baseline]) =>
  chooseRows(baselines, { ...nothing, ...request })
    .rows.map(({ experiment }) => experiment.name)
    .join(" ");

function refusal(where: string): SweeplineError {
  try {
    names({ where: [where] });
  } catch (error) {
    return error as SweeplineError;
  }
  throw new Error("nothing was refused");
}

describe("conditions", () => {
  test.each([
    ["acc > 0.9", "two"],
    ["acc >= 0.9 and lr < 0.2", "one"],
    ['opt.name == "adam"', "two three"],
    ['name != "one" and not lr > 0.25', "two"],
    ["opt.name in ['sgd', 'lion']", "one four"],
    ["opt.name not in ['sgd', 'lion']", "two three five"],
    ["16 in layers", "one"],
    ["'da' in opt.name", "two three"],
    ["opt.name =~ '^(sgd|adam)$'", "one two three"],
    ["opt.name !~ 'a'", "one four"],
    ["lr =~ '^0'", "one two three"],
    ["state == queued or state == 'failed'", "four five"],
    ["state in [success]", "one two three"],
    ["sweep == 's-1'", "one"],
    ["tags == null", "one two four five"],
    ["null != tags", "three"],
    ["'paper' in tags", "three"],
    ["'paper' not in tags", "one two four five"],
    ["state == 'Failed'", "five"],
    ["sweep == null", "two three four five"],
    ["acc == null", "three four"],
    ["acc != null", "one two five"],
    ["acc != 0.9", "two five"],
    ["not acc > 0.9", "one"],
    ["size / 2 + 0.5 > 1.2 and size % 2 == 1", "one"],
    ["-size < -2", "one"],
    ["lr > 5", "four"],
    ["on", "four"],
    ["params.yaml:lr == 0.1", "one"],
    ["created > '2026-11-01'", "two"],
    ["created < now - 1d and lr == 1", "five"],
    ["lr < 'x'", ""],
    ["lr == '0.1' or '2e-1' == lr or lr in ['0.3', 'x']", "one two three"],
    ["lr < '0.25'", "one two"],
    ["lr != '0.1'", "two three four five"],
    ["0.1 < lr <= 0.3", "two three"],
    ["layers == [16, 32] or layers == ['8']", "one two"],
    ["acc == nan", "five"],
    ["acc == 'nan' or lr == inf", "five"],
    ["lr < inf and acc < inf", "one two"],
    ["on == 'True'", "four"],
    ["on != 'false'", "four"],
    ["opt.name > 'b'", "one four"],
    ["baseline == 'main' and commit =~ '^0+1$'", "two"],
  ])("%s: %s", (where, found) => {
    expect(names({ where: [where] })).toBe(found);
  });

  test.each([
    ["acc > 'abc'", "'acc > 'abc'' compares a number with a text in all experiments that have both."],
    ["lr == 0.5 or opt.name == 3", "'opt.name == 3' compares a text with a number in all experiments that have both."],
    ["on == 1", "'on == 1' compares true or false with a number in all experiments that have both."],
    ["tags == 'paper'", `What a list has is asked so: "paper" in tags.`],
    ["lr in 0.1", "looks for a number in a number in all experiments that have both. Lists are written so"],
    ["lr in '0.1'", "looks for a number in a text"],
    ["lr in ['a', 'b']", "looks for a number in a list"],
    ["1 + opt.name > 1", "'1 + opt.name' calculates with a text"],
  ])("tells why %s holds for nothing", (where, doubt) => {
    const { rows, doubts } = chooseRows([baseline], { ...nothing, where: [where] });
    expect({ found: rows.length, doubts: doubts.join(" ") }).toEqual({
      found: 0,
      doubts: expect.stringContaining(doubt),
    });
  });

  test("what is known of the experiment goes before a parameter of that name", () => {
    const named = madeBaseline({ one: { params: { name: "net", "model.state": "warm" }, metrics: { sweep: 3 } } });
    const found = (where: string) => chooseRows([named], { ...nothing, where: [where] });
    expect(found('name == "net"').doubts).toEqual([
      "'name' is the experiment's own; the parameter is params.yaml:name.",
    ]);
    expect(found("sweep > 2").doubts.join(" ")).toContain("the metric is m.json:sweep.");
    expect(found('params.yaml:name == "net" and name == "one" and model.state == "warm"').rows).toHaveLength(1);
  });

  test("has no doubts of what some experiments could have", () => {
    const mixed = madeBaseline({ one: { params: { depth: "auto" } }, two: { params: { depth: 3 } } });
    for (const where of ["depth > 5", "depth == 'none'", "depth in []", "depth == null and missing == 1"])
      expect(
        chooseRows([baseline, mixed], { ...nothing, where: [where.replace("missing", "acc")] }).doubts,
        where,
      ).toEqual([]);
  });

  test.each([
    ["accu > 1", "no metric, parameter or fact is called 'accu'", "accu"],
    ["acc > 1 and opt.name == adam", "no metric, parameter or fact is called 'adam'", "adam"],
    ["acc =~ '('", "the pattern can't be read", "'('"],
    ["acc =~ lr", "a pattern has to be a text in quotes", "lr"],
    ["created > 'soon'", "this is no time", "'soon'"],
    ["created > 2027-12-01", "created is a time", "2027-12-01"],
    ["1764547200 < created", "created is a time", "1764547200"],
    ["state == 'finished'", "no experiment's state is 'finished'", "'finished'"],
    ["state == failedd", "no metric, parameter or fact is called 'failedd'", "failedd"],
    ["acc >", "found the end", ""],
  ])("refuses %s with its place", (where, message, marked) => {
    const { code, exitCode, message: told, place } = refusal(where);
    // What depends on the experiments that there are is no wrong usage.
    const expected = message.includes("is called") ? ["FILTER_NAME_UNKNOWN", 255] : ["FILTER_INVALID", 254];
    expect([code, exitCode]).toEqual(expected);
    expect(told).toContain(message);
    expect(where.slice(place?.offset, (place?.offset ?? 0) + (place?.length ?? 0))).toBe(marked);
  });

  test("a name of several columns is refused with the choices; where there is nothing, nothing is found", () => {
    const both = madeBaseline({ a: { params: { x: 1n }, metrics: { x: 2 } } });
    expect(() => names({ where: ["x > 1"] }, [both])).toThrow(/may mean several/);
    expect(names({ where: ["m.json:x > 1"] }, [both])).toBe("a");
    expect(names({ where: ["x > 1"] }, [])).toBe("");
  });

  test("all of several hold", () => {
    expect(names({ where: ["acc >= 0.9", "lr < 0.2"] })).toBe("one");
    expect(names({ where: ["lr > 0.2 or acc > 0.9", "size > 1"] })).toBe("two");
    expect(() => names({ where: ["acc > 0.9", "accu > 1"] })).toThrow(/called 'accu'/);
  });

  test("a pattern that would search for years takes no time", () => {
    const long = madeBaseline({ a: { params: { text: `${"a".repeat(100_000)}!` } } });
    expect(names({ where: ["text =~ '^(a+)+$'"] }, [long])).toBe("");
  });
});

describe("the best", () => {
  const best = (metric: string, top?: number) => ({ best: { metric, direction: undefined }, top });

  test("by what the metric's name tells, or as it is said", () => {
    expect(names(best("acc"))).toBe("two one");
    expect(names(best("acc", 1))).toBe("two");
    expect(names({ best: { metric: "size", direction: "min" }, top: 2 })).toBe("three two");
    expect(() => names(best("size"))).toThrow(/more or less of 'size'/);
    expect(() => names(best("nope"))).toThrow("--best: no metric or parameter is called 'nope'");
  });

  test("of equals the older one, wherever it stands; without a finite number there is nothing good about it", () => {
    const equals = madeBaseline({
      third: { metrics: { acc: 0.9 }, created: 30 },
      first: { metrics: { acc: 0.9 }, created: 10 },
      second: { metrics: { acc: 0.9 }, created: 20 },
      endless: { metrics: { acc: Number.POSITIVE_INFINITY } },
      none: { metrics: { acc: Number.NaN } },
    });
    expect(names(best("acc"), [equals])).toBe("first second third");
    expect(names({ best: { metric: "acc", direction: "min" } }, [equals])).toBe("first second third");
  });

  test("of those for which a condition holds", () => {
    expect(names({ ...best("acc", 1), where: ["lr < 0.2"] })).toBe("one");
  });

  test("the other experiments of a table are gone, its baselines are not", () => {
    const { rows } = chooseRows([baseline], { ...nothing, where: ["acc > 0.9"] });
    const [left] = onlyRows([baseline], rows);
    expect(left?.experiments.map(({ name }) => name)).toEqual(["two"]);
    expect(left).toMatchObject({ rev: baseline.rev, name: "main" });
  });
});
