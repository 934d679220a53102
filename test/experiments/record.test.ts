import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isName } from "../../src/experiments/names.ts";
import {
  type EntryRecord,
  type ExperimentFacts,
  entryMessage,
  factsHeader,
  parseEntryMessage,
  parseFacts,
} from "../../src/experiments/record.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import { parseCommit } from "../../src/git/objects.ts";

const a = "a".repeat(40) as ObjectId;
const head = { head: a, baseline: "b".repeat(64) as ObjectId, name: "grid-1" };
const plain: EntryRecord = {
  v: 1,
  sequence: 7,
  folder: "",
  identity: "x",
  overrides: [],
  targets: [],
  flags: {},
};

const text = () => fc.string({ unit: "binary", maxLength: 30 });
const override = fc.record({ file: text(), text: text(), key: text(), value: text() });
const flags = fc.record(
  { force: fc.boolean(), jobs: fc.integer({ min: 1 }), onError: fc.constantFrom("stop", "keep-going", "ignore") },
  { requiredKeys: [] },
);
const facts = fc.record(
  {
    sweep: text(),
    point: fc.nat(),
    identity: text(),
    overrides: fc.array(override, { maxLength: 4 }),
    targets: fc.array(text(), { maxLength: 3 }),
    flags,
  },
  { requiredKeys: ["identity", "overrides", "targets", "flags"] },
);

describe("the record of an entry", () => {
  test("is read back whole from its message, whatever it holds", () => {
    const names = text().filter((name) => isName(name));
    fc.assert(
      fc.property(facts, text(), names, (given, message, name) => {
        const record = { ...plain, ...given, message } as EntryRecord;
        expect(parseEntryMessage(entryMessage({ ...head, name }, record))).toEqual({ head: { ...head, name }, record });
      }),
    );
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["another commit", "a commit of the user's\n\nbody\n"],
    ["an entry of DVC's queue", `dvc-exp:${a}:${a}:name`],
    ["no record", `dvc-exp:${a}:${a}:name\n\n`],
    ["a broken record", `dvc-exp:${a}:${a}:name\n\n{"v":1,\n`],
    ["a record that is a list", `dvc-exp:${a}:${a}:name\n\n[]\n`],
    ["another version", entryMessage(head, { ...plain, v: 2 } as never)],
    ["no id", entryMessage({ ...head, baseline: "HEAD" as ObjectId }, plain)],
    ["a name that leads away", entryMessage({ ...head, name: "../../../../evil" }, plain)],
    ["a name with an escape", entryMessage({ ...head, name: "a\u001b[31m" }, plain)],
    ["an empty name", entryMessage({ ...head, name: "" }, plain)],
    ["a folder above", entryMessage(head, { ...plain, folder: "../.." })],
    ["a folder above, in a round", entryMessage(head, { ...plain, folder: "sub/../../x" })],
    ["an absolute folder", entryMessage(head, { ...plain, folder: "/etc" })],
    ["a folder that is no text", entryMessage(head, { ...plain, folder: 1 } as never)],
    ["targets that are no texts", entryMessage(head, { ...plain, targets: [1] } as never)],
    ["overrides that are none", entryMessage(head, { ...plain, overrides: [{ file: "x" }] } as never)],
    ["an override that is null", entryMessage(head, { ...plain, overrides: [null] } as never)],
    ["flags that are none", entryMessage(head, { ...plain, flags: null } as never)],
    ["a flag of another kind", entryMessage(head, { ...plain, flags: { jobs: "9" } } as never)],
    ["a flag that nobody knows", entryMessage(head, { ...plain, flags: { command: true } } as never)],
    ["a flag from the prototype", entryMessage(head, { ...plain, flags: JSON.parse('{"__proto__": 1}') })],
    ["a message that is no text", entryMessage(head, { ...plain, message: {} } as never)],
    ["a sequence number that is none", entryMessage(head, { ...plain, sequence: 1.5 })],
  ])("%s is no entry", (_, message) => {
    expect(() => parseEntryMessage(message)).toThrow(expect.objectContaining({ code: "ENTRY_BROKEN" }));
  });
});

describe("the facts of a finished experiment", () => {
  const commitWith = (headers: Readonly<Record<string, string>>) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name} ${value}\n`);
    return parseCommit(
      Buffer.from(`tree ${a}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n${lines.join("")}\nmessage`),
    );
  };

  test("are read back from the header", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { point, ...rest } = given as ExperimentFacts;
        const expected = rest.sweep === undefined ? rest : given;
        expect(parseFacts(commitWith(factsHeader(given as ExperimentFacts)))).toEqual({
          ...expected,
          v: 1,
        });
        expect(point === undefined || point >= 0).toBe(true);
      }),
    );
  });

  test.each(["", "{", "null", "[]", '{"identity":1}', '{"identity":"x","overrides":{},"targets":[],"flags":{}}'])(
    "%j is as if there were none",
    (value) => expect(parseFacts(commitWith({ sweepline: value }))).toBeUndefined(),
  );

  test("a commit of DVC's has none", () => expect(parseFacts(commitWith({}))).toBeUndefined());
});
