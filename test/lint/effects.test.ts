/** Whatever changes the disk or starts a process tells so first: otherwise test/faults would not stop there. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

const changing =
  /\bfs\.(promises\.)?(mkdir|write|rename|link|unlink|rm|symlink|copyFile|chmod|utimes|truncate|fsync|open)\w*\(|\bspawn\(|process\.kill\(-?\w+, signal|\bexecFile\w*\(|\.(raw|open<\w+, string>)\(/;
const told = /\bbefore(Effect|Write)\(/;
/** Opened to be read; and what clears away after a failure that was told, or on the way of one. */
const exempt = new Set(["openRead", "openFolder", "readIfExists", "readInputIfExists", "startProcess"]);

/** Top-level functions: name to text. */
function functionsOf(file: string): [string, string][] {
  const parts = readFileSync(file, "utf8").split(/^(?=(?:export )?(?:async )?function |(?:export )?class )/m);
  return parts.flatMap((part) => {
    const name = /^(?:export )?(?:async )?(?:function|class) (\w+)/.exec(part)?.[1];
    return name === undefined ? [] : [[name, part] as [string, string]];
  });
}

test("every change of files and every start of a process is told before it happens", () => {
  const files = readdirSync(path.join(checkout, "src"), { recursive: true, encoding: "utf8" });
  const silent = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => functionsOf(path.join(checkout, "src", file)).map(([name, text]) => ({ file, name, text })))
    .filter(({ name, text }) => !exempt.has(name) && changing.test(text) && !told.test(text))
    .map(({ file, name }) => `${file}: ${name}`);
  expect(silent).toEqual([]);
});
