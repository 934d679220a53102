import { describe, expect, test } from "vitest";
import { toCsv } from "../../src/report/csv.ts";
import { jsonText } from "../../src/report/json.ts";
import { toMarkdown } from "../../src/report/markdown.ts";
import { toPlainText } from "../../src/report/plain.ts";
import type { Table } from "../../src/report/table.ts";
import { toTerminal } from "../../src/report/terminal.ts";

const esc = "\u001b";

function table(names: readonly string[], ...rows: readonly (readonly string[])[]): Table {
  return {
    columns: names.map((name) => ({ name, kind: "label" })),
    rows: rows.map((cells) => ({ cells, emphasis: "plain" })),
  };
}

describe("CSV", () => {
  test("quotes what needs it, with CRLF", () => {
    const rows = table(["a", "b,c"], ['say "hi"', "two\nlines"], ["=1+1", ""]);
    expect(toCsv(rows)).toBe('a,"b,c"\r\n"say ""hi""","two\nlines"\r\n\'=1+1,\r\n');
  });

  test("sends no escape sequence", () => {
    expect(toCsv(table(["a"], [`${esc}[2J`]))).toBe("a\r\n\\x1b[2J\r\n");
  });
});

describe("Markdown", () => {
  test("is padded as DVC pads it", () => {
    expect(toMarkdown(table(["Path", "x"], ["metrics.json", "1"]))).toBe(
      "| Path         | x   |\n|--------------|-----|\n| metrics.json | 1   |\n\n",
    );
  });

  test("a cell can't leave its cell", () => {
    expect(toMarkdown(table(["a"], [`x|y\r\nz${esc}]0;t`]))).toContain("| x\\|y<br>z\\x1b]0;t |");
    expect(toMarkdown(table(["a"], ["a\\|b <b>1 < 2</b> ![x](http://e/x)"]))).toContain(
      "| a\\\\\\|b &lt;b>1 < 2&lt;/b> ![x]\\(http://e/x) |",
    );
  });

  test("a table without rows has its header", () => {
    expect(toMarkdown(table(["a"]))).toBe("| a   |\n|-----|\n\n");
  });
});

describe("plain text", () => {
  test("has columns and no blanks at the end", () => {
    expect(toPlainText(table(["Path", "lr0", "Change"], ["metrics.json", "0.1", "0.2"]))).toBe(
      "Path          lr0    Change\nmetrics.json  0.1    0.2\n",
    );
  });

  test("a table without rows is nothing", () => {
    expect(toPlainText(table(["a"]))).toBe("");
  });
});

describe("the terminal", () => {
  const wide: Table = {
    columns: [
      { name: "Experiment", kind: "label" },
      { name: "acc", kind: "metric" },
      { name: "lr", kind: "param" },
      { name: "seed", kind: "param" },
      { name: "data.bin", kind: "dep" },
    ],
    rows: [
      { cells: ["main", "0.9", "0.1", "42", "0".repeat(32)], emphasis: "baseline" },
      { cells: ["└── abc [e1]", "0.95", "0.2", "42", "1".repeat(32)], emphasis: "plain" },
    ],
  };

  test("a pipe gets all of it and no escape", () => {
    const text = toTerminal(wide, { width: "full", colours: false });
    expect(text).toContain("0".repeat(32));
    expect(text).not.toContain(esc);
    expect(text.split("\n").slice(0, 5)).toEqual([
      ` ${"─".repeat(69)} `,
      "  Experiment      acc   lr    seed   data.bin                          ",
      ` ${"─".repeat(69)} `,
      "  main            0.9   0.1   42     00000000000000000000000000000000  ",
      "  └── abc [e1]   0.95   0.2   42     11111111111111111111111111111111  ",
    ]);
  });

  test("a narrow one leaves out what tells least, and says so", () => {
    const text = toTerminal(wide, { width: 30, colours: false });
    const lines = text.split("\n");
    expect(lines[1]).toBe("  Experiment      acc   lr   ");
    expect(lines.slice(0, 6).every((line) => line.length <= 30)).toBe(true);
    expect(text).toContain("\n 2 columns hidden ");
  });

  test("hashes are cut before columns go", () => {
    expect(toTerminal(wide, { width: 50, colours: false })).toContain("0000000  ");
  });

  test("wide characters take two places", () => {
    const text = toTerminal(table(["名前", "b"], ["a", "c"]), { width: "full", colours: false });
    expect(text.split("\n").slice(1, 4)).toEqual(["  名前   b  ", ` ${"─".repeat(10)} `, "  a      c  "]);
  });

  test("colours only where asked for; names never reach it raw", () => {
    const rows = table([`a${esc}[31m`], [`b${esc}[0m\n`]);
    expect(toTerminal(rows, { width: "full", colours: false })).toContain("b\\x1b[0m\\n");
    expect(toTerminal(wide, { width: "full", colours: true })).toContain(`${esc}[1m`);
  });
});

test("JSON has no infinity and no NaN: they are strings", () => {
  const value = [Number.POSITIVE_INFINITY, new Map([["x", Number.NaN]]), 1.5];
  expect(jsonText(value, "line")).toBe('["inf", {"x": "nan"}, 1.5]\n');
  expect(JSON.parse(jsonText(value, "indented"))).toEqual(["inf", { x: "nan" }, 1.5]);
});
