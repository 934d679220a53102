import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderDiagrams } from "../../grammar/override/diagrams.ts";

const page = new URL("../../grammar/diagrams.html", import.meta.url);

test("the page of diagrams is up to date (else run: node scripts/diagrams.mjs)", () => {
  expect(readFileSync(page, "utf8")).toBe(renderDiagrams());
});

test("the page refers to nothing outside itself", () => {
  expect(renderDiagrams()).not.toMatch(/https?:|\/\/|<script|@import|url\(/);
});
