/** The domain never sees the terminal: who talks to it is listed here. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** Names and values in JSON are anybody's, too: `jsonOf` and `printJson` write what could deceive as escapes. */
test("who makes JSON prints it through the one gate, or is listed", () => {
  const found = ["src/cli", "src/report"].flatMap((root) =>
    readdirSync(path.join(checkout, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.posix.join(root, file.split(path.sep).join("/")))
      .filter((file) => {
        const text = readFileSync(path.join(checkout, file), "utf8");
        return text.includes("JSON.stringify(") && !text.includes("printJson(");
      }),
  );
  expect(found.sort()).toEqual([
    // A file of ours, facts of this program, what an id is made of, its own gate, the page's data, keys that nobody sees.
    "src/cli/commands/pipeline/report.ts",
    "src/cli/commands/project/version.ts",
    "src/cli/options/asked-search.ts",
    "src/report/json.ts",
    "src/report/page/page-data.ts",
    "src/report/progress/failures.ts",
  ]);
});

test("only cli and report use the process's own streams, and who passes a stage's output on", () => {
  const found = ["src", "grammar"].flatMap((root) =>
    readdirSync(path.join(checkout, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.posix.join(root, file.split(path.sep).join("/")))
      .filter((file) => !/^src\/(cli|report)\//.test(file))
      .filter((file) =>
        /\bprocess\.(stdin|stdout|stderr)\b|\bwriteLine\(/.test(readFileSync(path.join(checkout, file), "utf8")),
      ),
  );
  expect(found.sort()).toEqual([
    "src/base/open-files.ts",
    "src/base/trace/profile.ts",
    "src/base/trace/sink.ts",
    "src/pipeline/processes/command.ts",
  ]);
});
