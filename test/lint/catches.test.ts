/** Every catch says which failure it expects: one that takes all hides bugs, those of a parser or of ours. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

test("no catch leaves out what it caught", () => {
  const found = ["src", "grammar"].flatMap((root) =>
    readdirSync(path.join(checkout, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const lines = readFileSync(path.join(checkout, root, file), "utf8").split("\n");
        return lines.flatMap((line, at) => (/\bcatch \{|\bcatch \(_/.test(line) ? [`${root}/${file}:${at + 1}`] : []));
      }),
  );
  expect(found).toEqual([]);
});
