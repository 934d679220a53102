/** V8's compiled code beside each chunk of the bundle: taken where it fits, never needed. */
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import { expect, test } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";

const dist = path.join(checkout, "dist");
const codeFiles = readdirSync(dist).filter((name) => name.endsWith(".code"));

test("each chunk has code, and this Node takes it", () => {
  expect(codeFiles).toEqual(
    readdirSync(dist)
      .filter((name) => name.endsWith(".cjs"))
      .map((name) => `${name}.code`),
  );
  const source = readFileSync(path.join(dist, "main.cjs"), "utf8");
  const cachedData = readFileSync(path.join(dist, "main.cjs.code"));
  // As bin/load.cjs wraps it; V8 compares the length of the source.
  const script = new Script(`(function (exports, require, module, __filename) {${source}\n})`, { cachedData });
  expect(script.cachedDataRejected).toBe(false);
});

const spoils: Record<string, (file: string) => void> = {
  "that is missing": (file) => rmSync(file),
  "that is cut off": (file) => truncateSync(file, 100),
  "of another version": (file) => writeFileSync(file, readFileSync(file).fill(7, 4, 12)),
};

test.each(Object.keys(spoils))("code %s does no harm", async (how) => {
  const rig = makeRepository({ git: false });
  for (const name of ["bin", "dist", "package.json"])
    cpSync(path.join(checkout, name), path.join(rig.root, "copy", name), { recursive: true });
  symlinkSync(path.join(checkout, "node_modules"), path.join(rig.root, "copy", "node_modules"));
  for (const name of codeFiles) spoils[how]?.(path.join(rig.root, "copy", "dist", name));
  const words = [path.join(rig.root, "copy", "bin", "sweepline.js"), "parse", "x=range(1,3)"];
  expect(await rig.startProgram(process.execPath, words).result()).toEqual(await rig.run(["parse", "x=range(1,3)"]));
});
