import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SweeplineError } from "../../../src/base/errors.ts";
import type { Value } from "../../../src/base/value.ts";
import { dataReader } from "../../../src/params/data-file.ts";
import { type LockedStages, readLockStates } from "../../../src/pipeline/reading/lock-states.ts";
import { dumpYaml } from "../../../src/yaml/ruamel.ts";

function toValue(plain: unknown): Value {
  if (Array.isArray(plain)) return plain.map(toValue);
  if (typeof plain !== "object" || plain === null) return plain as Value;
  return new Map(Object.entries(plain).map(([key, item]) => [key, toValue(item)]));
}

const readYaml = await dataReader("x.yaml");
const yaml = (text: string) => readYaml({ path: "x.yaml", bytes: Buffer.from(text) });

/** undefined where the parser is asked. */
function scanned(text: string): LockedStages | undefined {
  let isAsked = false;
  const stages = readLockStates(text, () => {
    isAsked = true;
    return null;
  });
  return isAsked ? undefined : stages;
}

/** A comment at the start is for the parser. */
function parsed(text: string): LockedStages {
  return readLockStates(`# parsed\n${text}`, () => yaml(text));
}

describe("lock files", () => {
  const usual = `schema: '2.0'
stages:
  prepare:
    cmd:
    - sh a.sh
    - 'sh b: c'
    deps:
    - path: data/raw file.csv
      hash: md5
      md5: 038c432043738356d1a87a23a7931222
      size: 36
    params:
      params.yaml:
        text: |-
          deps:
          - path: x
    outs:
    - path: data/prepared
      hash: md5
      md5: aab1534edd768ca0aa245c59c0f4d9ed.dir
      size: 36
      nfiles: 2
      isexec: true
  build@us-1:
    cmd: "a\\nb"
`;

  test("the usual layout is read without the parser", () => {
    const stages = scanned(usual);
    expect(stages?.get("prepare")?.deps.get("data/raw file.csv")).toMatchObject({ size: 36, nfiles: null });
    expect(stages?.get("prepare")?.outs.get("data/prepared")).toMatchObject({ nfiles: 2 });
    expect([...(stages?.keys() ?? [])]).toEqual(["prepare", "build@us-1"]);
  });

  test("and says what the parser says", () => {
    expect(scanned(usual)).toEqual(parsed(usual));
  });

  test.each([
    [
      "flow style",
      usual.replace(
        / {4}deps:\n {4}- path: (.*)\n {6}hash: md5\n {6}md5: (.*)\n/,
        "    deps: [{path: $1, hash: md5, md5: $2}]\n",
      ),
    ],
    ["an escaped path", usual.replace("path: data/prepared", 'path: "data/\\u00e9"')],
    ["a comment", usual.replace("size: 36\n", "size: 36 # bytes\n")],
    ["a stage twice", `${usual}  prepare:\n    cmd: x\n`],
    ["a merge conflict", usual.replace("      size: 36\n", "<<<<<<< HEAD\n      size: 36\n")],
  ])("%s is left to the parser", (_, text) => {
    expect(text).not.toBe(usual);
    expect(scanned(text)).toBeUndefined();
  });

  test.each([
    ["the schema of DVC 1", "a:\n  cmd: x\n  outs:\n  - path: o\n    md5: ff\n"],
    ["a quoted path", usual.replace("path: data/prepared", "path: 'data/prepared'")],
    ["digits that YAML takes for a number", usual.replace("038c432043738356d1a87a23a7931222", "1".repeat(32))],
    ["an unknown field", usual.replace("isexec: true", "cloud:\n        x: 1")],
    ["a stage named cmd", usual.replace("  prepare:", "  cmd:")],
    [
      "texts with lines of any kind in what is not asked for",
      usual.replace("'sh b: c'", '"a\n\n      # b\n      c: &d"'),
    ],
    [
      "parameters at the indentation of their key",
      usual.replace("params:\n      params.yaml:\n", "params:\n    - a\n    - b:\n"),
    ],
  ])("%s is read alike", (_, text) => {
    expect(text).not.toBe(usual);
    expect(scanned(text)).toEqual(parsed(text));
  });

  test("whatever commands and parameters hold, it says what the parser says", () => {
    const texts = fc.string({ unit: "binary", maxLength: 120 });
    const values = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, texts, fc.bigInt(), fc.array(tie("value"), { maxLength: 3 })),
    })).value as fc.Arbitrary<Value>;
    const data = fc.array(
      fc.record({ path: texts, md5: fc.stringMatching(/^[0-9a-f]{32}(\.dir)?$/), size: fc.bigInt(0n, 9n) }),
    );
    const stage = fc.record({ cmd: fc.oneof(texts, fc.array(texts)), deps: data, params: values, outs: data });
    const outcome = (read: () => LockedStages) => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof SweeplineError)) throw error;
        return "broken";
      }
    };
    fc.assert(
      fc.property(fc.dictionary(texts, stage, { maxKeys: 3 }), (stages) => {
        const text = dumpYaml(toValue({ schema: "2.0", stages }));
        expect(outcome(() => readLockStates(text, () => yaml(text)))).toEqual(outcome(() => parsed(text)));
      }),
    );
  });

  test("entries of DVC 2 and of other storage", () => {
    const stages = parsed("a:\n  deps:\n  - path: s3://x\n    etag: abc\n  outs:\n  - {path: o, md5: ff}\n");
    expect(stages.get("a")?.deps.get("s3://x")).toEqual({ hash: "abc", size: null, nfiles: null });
    expect(stages.get("a")?.outs.get("o")?.hash).toBe("ff");
    expect(stages.get("a")?.legacyOuts).toEqual(new Set(["o"]));
  });
});

test.each(["-5e-324", "1.5", ".nan", ".inf", `1${"0".repeat(400)}`, "big"])("no size, so unknown: %s", (size) => {
  const stages = parsed(`a:\n  deps:\n  - path: p\n    md5: abc\n    size: ${size}\n`);
  expect(stages.get("a")?.deps.get("p")).toEqual({ hash: "abc", size: null, nfiles: null });
});
