import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Curve } from "../../../src/experiments/show/curves.ts";
import { curvesCsv, curvesJson, drawCurves } from "../../../src/report/curves/curves.ts";
import { textWidth } from "../../../src/report/width.ts";

function curve(label: string, ys: readonly number[], file = "p.tsv"): Curve {
  return { label, file, axis: "step", points: ys.map((y, x) => ({ x, y })) };
}

const layout = { width: 40, height: 3, colours: false };

describe("curves over one another", () => {
  test("without colours each has a mark of its own, and the legend tells first and last values", () => {
    expect(drawCurves("loss", [curve("a", [3, 2, 1]), curve("b", [1, 1, 2])], layout)).toBe(
      ["loss", "3 ┤ •", "  ┤  •+", "1 ┤ ++•", "step: 0 to 2", "• a  3 … 1", "+ b  1 … 2", ""].join("\n"),
    );
  });

  test("with colours marks and joints are painted, and nothing else changes", () => {
    const curves = [curve("a", [1, 3]), curve("b", [2, 2])];
    const painted = drawCurves("loss", curves, { ...layout, colours: true });
    expect(painted).toContain("\u001b[36m•\u001b[39m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(drawCurves("loss", curves, layout));
  });

  test("no line is wider than the terminal, whatever names, values and sizes are", () => {
    const ys = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 });
    const size = fc.record({ width: fc.integer({ min: 40, max: 250 }), height: fc.integer({ min: 4, max: 60 }) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), ys), { minLength: 1, maxLength: 5 }),
        size,
        (all, { width, height }) => {
          const text = drawCurves(
            `${all[0]?.[0]}`,
            all.map(([name, values]) => curve(name, values)),
            { width, height, colours: false },
          );
          for (const line of text.split("\n")) expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(text.split("\n").length).toBeLessThanOrEqual(height + all.length + 3);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
          expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        },
      ),
    );
  });

  test("two files of one experiment are told apart; as CSV and JSON all points are there", () => {
    const curves = [curve("=a|b", [1], "train/loss.tsv"), curve("=a|b", [0.1 + 0.2], "val/loss.tsv")];
    expect(drawCurves("loss", curves, layout)).toContain("=a|b val/loss.tsv");
    expect(curvesCsv(curves).split("\r\n").slice(0, 3)).toEqual([
      "Experiment,file,axis,x,y",
      "'=a|b,train/loss.tsv,step,0.0,1.0",
      "'=a|b,val/loss.tsv,step,0.0,0.30000000000000004",
    ]);
    expect(JSON.parse(curvesJson(curves, "line"))[1]).toEqual({
      name: "=a|b",
      file: "val/loss.tsv",
      axis: "step",
      points: [[0, 0.1 + 0.2]],
    });
  });
});
