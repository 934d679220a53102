/** Who opens connections with fetch(): one module, and in the browser one of the living page, to its own server. Parts of Node that do are listed with their users in scripts/layers.mjs. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** The function itself, and not a method of that name. */
const opening = /(?<![.\w*])(?<!async )fetch\(|\b(XMLHttpRequest|WebSocket|EventSource)\b/;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

test("one module fetches from web servers, and one of the page asks its server", () => {
  const found = readdirSync(path.join(checkout, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) =>
      opening.test(
        withoutComments(readFileSync(path.join(checkout, "src", name), "utf8")).replace(/^ {2}fetch\(.*$/gm, ""),
      ),
    );
  expect(found.sort()).toEqual(["page/server.ts", "store/web-file.ts"]);
});
