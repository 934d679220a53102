import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPlotsFile, readPlotsFile } from "../../../src/experiments/reading/plots-file.ts";
import { dataReader } from "../../../src/params/data-file.ts";

const json = await dataReader("x.json");
const read = (file: string, text: string) => Object.fromEntries(readPlotsFile(file, Buffer.from(text), json));

describe("plots files", () => {
  test("TSV as DVCLive writes it, CSV with quotes, JSON with a list somewhere", () => {
    expect(read("loss.tsv", "step\tloss\r\n0\t1.5\r\n1\tnan\r\n2\t5e-1\r\n")).toEqual({
      step: [0, 1, 2],
      loss: [1.5, undefined, 0.5],
    });
    expect(read("a.CSV", '"a,b",c\n"1",2\n3\n')).toEqual({ "a,b": [1, 3], c: [2, undefined] });
    expect(read("p.json", '{"name": "x", "train": [{"loss": 1, "n": "2"}, {"loss": true}]}')).toEqual({
      loss: [1, undefined],
      n: [2, undefined],
    });
    expect(read("p.json", '{"a": 1}')).toEqual({});
    expect(read("empty.tsv", "")).toEqual({});
    expect(["a.tsv", "a.png", "a.svg", "a"].filter(isPlotsFile)).toEqual(["a.tsv"]);
  });

  test("what is broken is refused with its name", () => {
    expect(() => read("x/p.json", "[{")).toThrow(/x\/p\.json/);
    expect(() => read("x/p.csv", 'a\n"1')).toThrow(/x\/p\.csv/);
    expect(() => read("x/p.tsv", "a\n\0")).toThrow(/x\/p\.tsv/);
  });

  test("numbers that are written come back", () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (all) => {
        expect(read("n.tsv", `n\n${all.join("\n")}\n`).n).toEqual(all.map((each) => (each === 0 ? 0 : each)));
        expect(read("n.json", JSON.stringify(all.map((n) => ({ n })))).n).toHaveLength(all.length);
      }),
    );
  });
});
