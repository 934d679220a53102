/** Files that can't be read: conflict markers, YAML bombs and nesting, in each kind of file, by each command that reads it. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Repository } from "../rig/index.ts";
import { makeSoundProject, refusal, starts } from "./project.ts";

let rig: Repository;
const sound = new Map<string, string>();
const kinds = ["dvc.yaml", "dvc.lock", "params.yaml", "vars.yaml", "data.txt.dvc"];

beforeAll(async () => {
  rig = await makeSoundProject();
  for (const file of kinds) sound.set(file, rig.read(file));
});

afterEach(() => {
  for (const file of kinds) rig.write({ [file]: sound.get(file) ?? "" });
});

const conflict = (text: string) => `${text}<<<<<<< HEAD\ny: 2\n=======\ny: 3\n>>>>>>> other\n`;
const restore = (file: string) => rig.write({ [file]: sound.get(file) ?? "" });
const others = [["status"], ["commit", "--force"], ["checkout"], ["exp", "save"], ["push"]];
const stageReaders = [["dag"], ["stage", "list"], ["freeze", "see"]];

describe("conflict markers are named, with file, line and what to do:", () => {
  for (const file of kinds)
    test(file, async () => {
      const text = sound.get(file) ?? "";
      rig.write({ [file]: conflict(text) });
      const line = text.split("\n").length;
      const says = new RegExp(
        `'${file}'.*(conflict.* line ${line}|line ${line}, column 1:.*conflict)[^]*HINT: Resolve`,
      );
      const readers = file === "dvc.lock" ? [] : stageReaders;
      for (const words of [...starts, ...others, ...readers]) expect(await refusal(rig, words)).toMatch(says);
      // Tables show what can be read: the commits.
      expect(await rig.succeed(["exp", "show", "--csv"])).toMatch(/main/);
      restore(file);
    });
});

const manyAliases = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from(
  { length: 11 },
  (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(", ")}]\n`,
).join("")}`;
const bombs: Record<string, readonly [text: string, says: RegExp]> = {
  "aliases of aliases": [manyAliases, /aliases repeat more than 100000 values/],
  "an alias inside its own anchor": ["a: &a [*a]\n", /the alias \*a stands inside its own anchor/],
  "ten thousand brackets": [
    `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`,
    /nested more than 500 deep|nested too deep/,
  ],
  "two thousand levels of lines": [
    Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a:\n`).join(""),
    /nested more than 500 deep/,
  ],
  "millions of values": [`a: [${"1,".repeat(4_000_000)}]\n`, /more than \d+ values/],
};

describe("a file that would explode is refused:", () => {
  for (const [name, [text, says]] of Object.entries(bombs))
    test(name, async () => {
      for (const file of kinds) {
        rig.write({ [file]: text });
        // A fifth of the memory that Node takes by default: who expands it dies.
        const env = { NODE_OPTIONS: "--max-old-space-size=400" };
        expect(await refusal(rig, file === "dvc.lock" ? ["repro"] : ["status"], env)).toMatch(says);
        restore(file);
      }
    });
});
