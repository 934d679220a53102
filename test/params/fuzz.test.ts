/** Broken and hostile input: a parameter file is whatever somebody committed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import type { ParamEdit } from "../../src/params/types.ts";

const seeds: Readonly<Record<string, string>> = {
  "p.yaml":
    "# c\nbase: &b {x: 1, y: [1, 2]}\nd:\n  <<: *b\n  z: 'q' # n\nl:\n- a: 1\n  b: |\n    t\n- !!str 2\n- *b\ne:\n? k\n: v\n",
  "p.json": '{\n  "a": {"x": 1, "y": [1.5, "s\\u00e9", null]},\n  "b": true\n}\n',
  "p.toml":
    "# c\na = 1\nx.y = 2\n[t]\nl = [1, 2, # c\n 3]\ni = { p = 1, q.r = \"s\" }\n[[arr]]\nn = 1\n[[arr]]\n[arr.sub]\nk = 'v'\n",
  "p.py":
    'import os\na: int = 1\nb, c = 1, 2\nd = {"k": [1, 2], "m": None}\nclass M:\n    """doc"""\n    g = -1.5; h = "s"\n    def __init__(self):\n        self.lr = 0.1\n',
};

const pieces = fc.constantFrom(
  ..."{}[]()<>:;,.#*&!|>-=+'\"\\\n\t\r 0aé\u0000\u2028😀%@`$?~".split(""),
  "<<",
  "${",
  '"""',
  "- ",
  ": ",
  "&b ",
  "*b",
  "[[",
  "]]",
  "\\N{",
  "0x",
  "1e",
);

interface Cut {
  readonly at: number;
  readonly removed: number;
  readonly inserted: readonly string[];
}

const cuts = fc.array(
  fc.record<Cut>({
    at: fc.nat(250),
    removed: fc.nat(4),
    inserted: fc.array(pieces, { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function spoil(text: string, spots: readonly Cut[]): string {
  return spots.reduce((now, { at, removed, inserted }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + inserted.join("") + now.slice(from + removed);
  }, text);
}

const edits: readonly ParamEdit[] = [
  { kind: "force-add", path: ["a", "x"], value: "it's", text: "++a.x=it's" },
  { kind: "force-add", path: ["d", "z"], value: 5n, text: "++d.z=5" },
  { kind: "add", path: ["new"], value: new Map([["k", [1n, 0.5]]]), text: "+new={k:[1,0.5]}" },
  { kind: "delete", path: ["l"], value: undefined, text: "~l" },
  { kind: "delete", path: ["base"], value: undefined, text: "~base" },
  { kind: "change", path: ["M", "g"], value: true, text: "M.g=true" },
  { kind: "change", path: ["t", "i"], value: new Map([["p", 2n]]), text: "t.i={p:2}" },
  { kind: "delete", path: ["arr", "0"], value: undefined, text: "~arr.0" },
  { kind: "extend-list", path: ["arr"], value: [new Map([["n", 3n]])], text: "arr=extend_list({n:3})" },
];

/** The outcome, or undefined for a refusal. Anything but a SweeplineError goes on up and fails the test. */
async function outcome<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}

describe.each(Object.entries(seeds))("a spoiled %s", (path, seed) => {
  it("is read or refused, and reads the same when it is opened", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, async (spots) => {
        const bytes = Buffer.from(spoil(seed, spots));
        const read = await outcome(() => readDataFile({ path, bytes }));
        const opened = await outcome(() => openParamFile({ path, bytes }));
        if (read !== undefined && opened !== undefined) expect(opened.value).toEqual(read);
      }),
      { numRuns: 300 },
    );
  });

  it("is edited right or not at all", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom(...edits), async (spots, edit) => {
        const bytes = Buffer.from(spoil(seed, spots));
        const file = await outcome(() => openParamFile({ path, bytes }));
        const text = file === undefined ? undefined : await outcome(async () => file.edit([edit]));
        if (text === undefined || file === undefined) return;
        const value = await readDataFile({ path, bytes: Buffer.from(text) });
        expect(value).toEqual(file.apply([edit]));
      }),
      { numRuns: 300 },
    );
  });
});

describe("hostile input", () => {
  const deep: readonly string[] = [
    "[".repeat(20_000),
    '{"a":'.repeat(20_000),
    `x = ${"[".repeat(5000)}${"]".repeat(5000)}`,
  ];

  it.each(Object.keys(seeds))("nested without end is refused: %s", async (path) => {
    const read = await Promise.all(deep.map((text) => outcome(() => readDataFile({ path, bytes: Buffer.from(text) }))));
    // To YAML the last one is one word.
    expect(read).toEqual([undefined, undefined, path === "p.yaml" ? deep[2] : undefined]);
  });

  it("refuses aliases that repeat each other", async () => {
    const lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (const [before, name] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi", "ij"])
      lines.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]`);
    await expect(readDataFile({ path: "p.yaml", bytes: Buffer.from(lines.join("\n")) })).rejects.toThrow(/YAML bomb/);
  });

  it("refuses a file that is far too large, without reading it", async () => {
    const bytes = new Uint8Array(101 * 1024 * 1024);
    await expect(readDataFile({ path: "p.yaml", bytes })).rejects.toMatchObject({ code: "PARAMS_FILE_TOO_LARGE" });
  });
});
