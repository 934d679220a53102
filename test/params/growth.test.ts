/** Twice the file, about twice the work: for each reader of parameter files, read and edited. */
import { describe, expect, it, test } from "vitest";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import { growthOf } from "../rig/steps.ts";

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

const change = (path: string): ParamEdit => ({ kind: "change", path: path.split("."), value: 7n, text: `${path}=7` });

const shapes: [string, string, (size: number) => string][] = [
  ["TOML tables", "p.toml", (size) => `x = 1\n${lines(size, (i) => `[t${i}]\na = 1\n`)}`],
  ["TOML tables in tables", "p.toml", (size) => `x = 1\n${lines(size, (i) => `[a.b.t${i}]\na = 1\n`)}`],
  ["TOML arrays of tables", "p.toml", (size) => `x = 1\n${lines(size, (i) => `[[t]]\na${i} = 1\n`)}`],
  ["TOML rows", "p.toml", (size) => `x = 1\n${lines(size, (i) => `a${i} = 1\n`)}`],
  ["TOML dotted rows", "p.toml", (size) => `x = 1\n${lines(size, (i) => `a.b${i}.c = 1\n`)}`],
  ["a TOML inline table", "p.toml", (size) => `x = 1\nt = { ${lines(size, (i) => `a${i}.b = 1, `)}z = 1 }\n`],
  ["YAML keys", "p.yaml", (size) => `x: 1\n${lines(size, (i) => `a${i}: 1\n`)}`],
  ["YAML mappings", "p.yaml", (size) => `x: 1\n${lines(size, (i) => `a${i}:\n  b: 1\n`)}`],
  ["YAML items", "p.yaml", (size) => `x: 1\nl:\n${lines(size, (i) => `- ${i}\n`)}`],
  ["YAML in flow style", "p.yaml", (size) => `x: 1\nl: {${lines(size, (i) => `a${i}: 1, `)}}\n`],
  ["YAML anchors", "p.yaml", (size) => `x: 1\n${lines(size, (i) => `a${i}: &a${i} 1\nb${i}: *a${i}\n`)}`],
  ["YAML comments", "p.yaml", (size) => `x: 1\n${lines(size, (i) => `# ${i}\n`)}`],
  ["JSON keys", "p.json", (size) => `{"x": 1${lines(size, (i) => `, "a${i}": 1`)}}`],
  ["JSON items", "p.json", (size) => `{"x": 1, "l": [0${lines(size, (i) => `, ${i}`)}]}`],
  ["Python names", "p.py", (size) => `x = 1\n${lines(size, (i) => `a${i} = 1\n`)}`],
  ["Python classes", "p.py", (size) => `x = 1\n${lines(size, (i) => `class A${i}:\n    b = 1\n`)}`],
  ["Python lists", "p.py", (size) => `x = 1\nl = [${lines(size, (i) => `${i}, `)}]\n`],
];

/** Between twice as much and four times: names of more digits are more steps, too. */
const most = 2.8;

describe.each(shapes)("%s", (_name, path, text) => {
  it("are read in steps as many as they are", async () => {
    const growth = await growthOf((size) => readDataFile({ path, bytes: Buffer.from(text(size)) }), 250);
    expect(growth).toBeLessThan(most);
  });

  it("are opened and edited in steps as many as they are", async () => {
    const edit = async (size: number): Promise<void> => {
      const file = await openParamFile({ path, bytes: Buffer.from(text(size)) });
      expect(file.edit([change("x")])).toContain("7");
    };
    expect(await growthOf(edit, 250)).toBeLessThan(most);
  });
});

test.each(shapes.filter(([name]) => /rows|keys|names/i.test(name)))("all of %s at once", async (name, path, text) => {
  const key = (index: number): string => (name === "TOML dotted rows" ? `a.b${index}.c` : `a${index}`);
  const edit = async (size: number): Promise<void> => {
    const file = await openParamFile({ path, bytes: Buffer.from(text(size)) });
    const edits = Array.from({ length: size }, (_, index) => change(key(index)));
    expect(file.edit(edits).match(/[:=] 7/g)).toHaveLength(size);
  };
  expect(await growthOf(edit, 125)).toBeLessThan(most);
});

test.each([498, 2000, 20_000])("a TOML header or key of %d parts is edited or refused in words", async (parts) => {
  const name = Array.from({ length: parts }, () => "a").join(".");
  for (const text of [`x = 1\n[${name}]\nb = 1\n`, `x = 1\n[[${name}]]\nb = 1\n`, `x = 1\n${name} = 1\n`]) {
    const edited = openParamFile({ path: "p.toml", bytes: Buffer.from(text) }).then((file) => file.edit([change("x")]));
    if (parts > 498) await expect(edited).rejects.toMatchObject({ code: "TOML_INVALID" });
    else await expect(edited).resolves.toBe(text.replace("x = 1", "x = 7"));
  }
});
