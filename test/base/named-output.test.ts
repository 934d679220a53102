import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { writeNamedFile } from "../../src/base/named-output.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

/** A path in a new folder. */
function scratch(): (name: string) => string {
  const folder = makeTemporaryFolder();
  return (name) => path.join(folder, name);
}

// A device is opened in the same way; a test with a real one would destroy the machine's when it fails.
test("a pipe that the user names is written to, never replaced", async () => {
  const inside = scratch();
  execFileSync("mkfifo", [inside("pipe")]);
  symlinkSync("pipe", inside("link"));
  const reader = spawn("cat", [inside("pipe")], { stdio: ["ignore", "pipe", "inherit"] });
  writeNamedFile(inside("link"), "text");
  expect(await text(reader.stdout)).toBe("text");
  expect(lstatSync(inside("pipe")).isFIFO()).toBe(true);
  expect(lstatSync(inside("link")).isSymbolicLink()).toBe(true);
});

test("a file is replaced at the end of its links, and keeps its rights", () => {
  const inside = scratch();
  mkdirSync(inside("data"));
  symlinkSync("data/two", inside("one"));
  symlinkSync("three", inside("data/two"));
  writeNamedFile(inside("one"), "made");
  expect(readFileSync(inside("data/three"), "utf8")).toBe("made");
  chmodSync(inside("data/three"), 0o600);
  writeNamedFile(inside("one"), "replaced");
  expect(readFileSync(inside("data/three"), "utf8")).toBe("replaced");
  expect(statSync(inside("data/three")).mode & 0o777).toBe(0o600);
  expect(lstatSync(inside("one")).isSymbolicLink()).toBe(true);
});

test("a file behind a descriptor, as a redirected /dev/stdout, goes on where it is", () => {
  const inside = scratch();
  writeFileSync(inside("out"), "before\n");
  const handle = openSync(inside("out"), "a");
  symlinkSync(`/dev/fd/${handle}`, inside("link"));
  writeNamedFile(inside("link"), "plan\n");
  closeSync(handle);
  expect(readFileSync(inside("out"), "utf8")).toBe("before\nplan\n");
});
