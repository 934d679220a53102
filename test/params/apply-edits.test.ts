/** Many edits of one file: each container is copied once, and the values that were given stay as they are. */
import { expect, test, vi } from "vitest";
import type { Value } from "../../src/base/value.ts";
import { applyEdits } from "../../src/params/apply-edits.ts";
import type { ParamEdit } from "../../src/params/types.ts";

const context = { file: "params.yaml", state: "there" as const, describe: () => "params.yaml" };

const edit = (kind: ParamEdit["kind"], path: string, value?: Value): ParamEdit => ({
  kind,
  path: path.split("."),
  value,
  text: path,
});

/** How many entries the maps hold that were made meanwhile. */
function entriesCopied(work: () => unknown): number {
  let copied = 0;
  class Counted<Key, Item> extends Map<Key, Item> {
    constructor(entries?: Iterable<readonly [Key, Item]>) {
      super(entries ?? []);
      copied += this.size;
    }
  }
  vi.stubGlobal("Map", Counted);
  try {
    work();
  } finally {
    vi.unstubAllGlobals();
  }
  return copied;
}

const rows = (count: number) => Array.from({ length: count }, (_, at) => at);

test.each([
  ["change", (at: number) => edit("change", `k${at}`, 1n)],
  ["add", (at: number) => edit("add", `n${at}`, 1n)],
  ["delete", (at: number) => edit("delete", `k${at}`)],
] as const)("%s of n keys copies n entries", (_kind, one) => {
  const copiedFor = (count: number) => {
    const make = (): Value => new Map<string, Value>(rows(count).map((at) => [`k${at}`, 0n]));
    const work = () => applyEdits(make(), rows(count).map(one), context);
    return entriesCopied(work) - entriesCopied(make);
  };
  expect(copiedFor(200)).toBe(200);
  expect(copiedFor(400)).toBe(400);
});

test("what was given stays as it is, though later edits go on from it", () => {
  const inner: Value = new Map<string, Value>([["b", 1n]]);
  const list: Value = [1n];
  const root: Value = new Map<string, Value>([
    ["a", inner],
    ["l", list],
  ]);
  const given: Value = new Map<string, Value>([["x", 1n]]);
  const after = applyEdits(
    root,
    [
      edit("add", "c", given),
      edit("change", "c.x", 2n),
      edit("change", "a.b", 3n),
      edit("change", "a.b", 4n),
      edit("extend-list", "l", [2n]),
      edit("extend-list", "l", [3n]),
      edit("change", "l.0", 9n),
      edit("delete", "l.1"),
    ],
    context,
  );
  expect(after).toEqual(
    new Map<string, Value>([
      ["a", new Map([["b", 4n]])],
      ["l", [9n, 3n]],
      ["c", new Map([["x", 2n]])],
    ]),
  );
  expect([inner, list, given]).toEqual([new Map([["b", 1n]]), [1n], new Map([["x", 1n]])]);
});
