/** Who opens connections: two modules with Node's fetch(), and in the browser one of the living page, to its own server. Parts of Node that do are refused to all by scripts/layers.mjs. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** The function itself, and not a method of that name. */
const opening = /(?<![.\w*])(?<!async )fetch\(|\b(XMLHttpRequest|WebSocket|EventSource)\b/;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

test("one module reads from web servers, one sends to them, and one of the page asks its server", () => {
  const found = readdirSync(path.join(checkout, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) =>
      opening.test(
        withoutComments(readFileSync(path.join(checkout, "src", name), "utf8")).replace(/^ {2}fetch\(.*$/gm, ""),
      ),
    );
  expect(found.sort()).toEqual(["experiments/live/web-post.ts", "page/server.ts", "store/web-file.ts"]);
});
