/** Chunks put into one file: each runs once, when it is first asked for, and a place in it leads to its source. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire, SourceMap } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { pack, packable } from "../../scripts/pack.mjs";

interface Chunk {
  readonly name: string;
  readonly code: string;
  readonly map: string;
}

const chunk = (name: string, code: string): Chunk => ({
  name,
  code: `${code}\n`,
  // The first character comes from line 5, column 2 of a source named as the chunk.
  map: JSON.stringify({ version: 3, sources: [`../src/${name}.ts`], names: [], mappings: "AAIE" }),
});

test("chunks in one file are run by whoever asks first, once, and may ask each other in a circle", () => {
  const chunks = [
    chunk(
      "main.cjs",
      `exports.names=[require("./chunk-A.cjs").name,require("./chunk-B.cjs").name,require("./chunk-C.cjs").name]`,
    ),
    chunk(
      "chunk-A.cjs",
      `globalThis.packRuns=(globalThis.packRuns??0)+1;exports.name="a";exports.b=require("./chunk-B.cjs")`,
    ),
    chunk("chunk-B.cjs", `exports.name="b of "+require("./chunk-A.cjs").name+require("node:path").sep`),
    chunk("chunk-C.cjs", `exports.name="alone, after "+require("./chunk-A.cjs").name`),
    chunk("chunk-D.cjs", `throw new Error("nobody asks for it")`),
  ];
  const folder = mkdtempSync(path.join(tmpdir(), "pack-"));
  const files: Chunk[] = pack(chunks, new Set(["chunk-A.cjs", "chunk-B.cjs", "chunk-D.cjs"]), "shared.cjs");
  expect(files.map(({ name }) => name)).toEqual(["main.cjs", "chunk-C.cjs", "shared.cjs"]);
  for (const { name, code } of files) writeFileSync(path.join(folder, name), code);
  const { names } = createRequire(import.meta.url)(path.join(folder, "main.cjs"));
  expect(names).toEqual(["a", `b of a${path.sep}`, "alone, after a"]);
  expect(globalThis).toMatchObject({ packRuns: 1 });

  const shared = files.at(-1) as Chunk;
  const map = new SourceMap(JSON.parse(shared.map));
  for (const name of ["chunk-A.cjs", "chunk-B.cjs", "chunk-D.cjs"]) {
    const code = chunks.find((each) => each.name === name)?.code ?? "";
    const line = shared.code.slice(0, shared.code.indexOf(code)).split("\n").length - 1;
    expect(map.findEntry(line, 0)).toMatchObject({
      originalSource: `../src/${name}.ts`,
      originalLine: 4,
      originalColumn: 2,
    });
  }
});

test("packed is what is small and many entries need, and nothing that the main one needs at once", () => {
  const entry = (of: string, imports: readonly string[]) => ({
    entryPoint: of,
    imports: imports.map((name) => ({ path: `dist/${name}.js`, kind: "import-statement" })),
  });
  const part = (imports: readonly string[] = []) => ({ imports: entry("", imports).imports });
  const commands = Array.from({ length: 40 }, (_, at) => [
    `dist/c${at}.js`,
    entry(`src/c${at}.ts`, at < 30 ? ["chunk-1"] : ["chunk-2", "chunk-1"]),
  ]);
  const outputs = {
    ...Object.fromEntries(commands),
    "dist/main.js": entry("src/cli/main.ts", ["chunk-4"]),
    "dist/chunk-1.js": part(["chunk-3", "chunk-4"]),
    "dist/chunk-2.js": part(),
    "dist/chunk-3.js": part(),
    "dist/chunk-4.js": part(),
  };
  const lengths = new Map(Object.keys(outputs).map((file) => [file.replace("dist/", "").replace(".js", ".cjs"), 100]));
  expect([...packable({ outputs }, lengths)].sort()).toEqual(["chunk-1.cjs", "chunk-3.cjs"]);
  expect([...packable({ outputs }, new Map([...lengths, ["chunk-3.cjs", 1e6]]))]).toEqual(["chunk-1.cjs"]);
});
