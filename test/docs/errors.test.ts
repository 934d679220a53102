/** docs/errors.md and the tables of codes that it is made from. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { errorAreas } from "../../src/base/error-codes.ts";
import { checkout, makeRepository } from "../rig/index.ts";

const areas = Object.values(errorAreas).map((table) => Object.keys(table));
const codes = areas.flat();

test("docs/errors.md is what `node scripts/errors-doc.mjs` writes", async () => {
  const script = path.join(checkout, "scripts", "errors-doc.mjs");
  const written = makeRepository({ git: false, dvc: false }).startProgram(process.execPath, [script, "--stdout"]);
  const { stdout, exitCode, stderr } = await written.result();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(readFileSync(path.join(checkout, "docs", "errors.md"), "utf8")).toBe(stdout);
});

test("each code is in one table, and each table is in order", () => {
  expect(codes.length).toBe(new Set(codes).size);
  for (const area of areas) expect(area).toEqual(area.toSorted());
});

test("each code is given somewhere", () => {
  const sources = ["src", "grammar"].flatMap((root) =>
    readdirSync(path.join(checkout, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("base/codes/"))
      .map((file) => readFileSync(path.join(checkout, root, file), "utf8")),
  );
  const given = new Set(sources.flatMap((text) => [...text.matchAll(/"([A-Z][A-Z0-9_]+)"/g)].map((match) => match[1])));
  expect(codes.filter((code) => !given.has(code))).toEqual([]);
});
