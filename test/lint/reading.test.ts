/** Files are read whole by the readers of src/base/files.ts only, which refuse what is no file and what is too large. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** What reads files in other ways, and why that is bounded. */
const allowed: Readonly<Record<string, string>> = {
  "src/base/files.ts readFileSync": "the readers themselves",
  "src/base/files.ts createReadStream": "passed on to those below",
  "src/base/processes.ts readFileSync": "what the system says of processes, below /proc",
  "src/base/file-chunks.ts createReadStream": "files of any size, to their end",
};

test("nothing reads files past the readers", () => {
  const found = readdirSync(path.join(checkout, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const file = `src/${name.split(path.sep).join("/")}`;
      const text = readFileSync(path.join(checkout, file), "utf8");
      return [...new Set(text.match(/\b(?:readFileSync|readFile|createReadStream)\b/g))].map(
        (call) => `${file} ${call}`,
      );
    });
  expect(found.sort()).toEqual(Object.keys(allowed).sort());
});
