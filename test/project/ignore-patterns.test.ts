/** What Git says of the same lines and paths decides. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { IgnorePatterns } from "../../src/project/ignore-patterns.ts";
import { makeRepository, type Repository } from "../rig/index.ts";
import { growthOf } from "../rig/steps.ts";

const folders = ["", "a/", "b/", "ab/", "a/a/", "a/b/", "ab/b/", "a/a/b/"];
const names = ["a", "ab", "b.c", "x y", "-", "]", "!a", "#b"];
/** Names of files that are folders elsewhere would not do. */
const files = folders.flatMap((folder) => names.map((name) => `${folder}f${name}`));
const paths = [...folders.slice(1), ...files];

let repository: Repository;

beforeAll(() => {
  repository = makeRepository({ dvc: false, files: Object.fromEntries(files.map((file) => [file, ""])) });
});

/** Git looks what is a folder. */
function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}

function ignoredByGit(text: string): readonly string[] {
  repository.write({ ".gitignore": text });
  const args = ["check-ignore", "--no-index", "-z", "--stdin"];
  const options = { cwd: repository.folder, env: repository.env, input: paths.map(withoutSlash).join("\0") };
  try {
    const ignored = new Set(execFileSync("git", args, options).toString().split("\0"));
    return paths.filter((path) => ignored.has(withoutSlash(path)));
  } catch (error) {
    // 1: none of them.
    if ((error as { status?: number }).status !== 1) throw error;
    return [];
  }
}

function ignoredByUs(text: string): readonly string[] {
  const patterns = new IgnorePatterns().add(text);
  return paths.filter((path) => patterns.test(path).ignored);
}

const pieces = [
  ..."ab*?/!#f] -.c".split(""),
  ...["**", "***", "**/", "/**", "fa", "f*", "[ab]", "[!a]", "[^a-c]", "[a-c]x", "[]-]", "[b-a]", "[a-", "[", "\\"],
  ...["\\a", "\\*", "\\ ", "[[:alpha:]]", "[[:nosuch:]]", "[[:punct:]b]", "[\\]]", "x y"],
];
const line = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(""));

describe("lines of files of rules", () => {
  test("say what git says they do", () => {
    const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join("\n")}\n`);
    fc.assert(
      fc.property(text, (lines) => {
        expect(ignoredByUs(lines)).toEqual(ignoredByGit(lines));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    "\ufefffa\n",
    "fa\r\nfab\r\n",
    "*\n!fa\n",
    "a/\n!a/fa\n",
    "a/**\n!a/b/\n",
    "\\#x\n",
    "fx y  \n",
    "fx\\ y\n",
    "!\n",
  ])("%j", (lines) => expect(ignoredByUs(lines)).toEqual(ignoredByGit(lines)));

  test("a character is one, however many bytes it has (Git counts bytes, DVC characters)", () => {
    const patterns = new IgnorePatterns().add("f?\n[é]\n*.ü\n");
    expect(["fé", "é", "a.ü", "éé"].map((name) => patterns.test(name).ignored)).toEqual([true, true, true, false]);
  });

  test("a line added later counts more, also for what was asked before", () => {
    const patterns = new IgnorePatterns().add("*.o\n");
    expect(patterns.test("lib/a.o")).toEqual({ ignored: true, unignored: false });
    patterns.add("!a.o\nlib/\n");
    expect(patterns.test("a.o")).toEqual({ ignored: false, unignored: true });
    expect(patterns.test("lib/a.o").ignored).toBe(true);
  });
});

describe("take time as their number, whatever they are", () => {
  const most = 2.8;

  test.each([
    ["stars in a name", (size: number) => ["*a".repeat(size), "a".repeat(200)] as const],
    ["stars in a path", (size: number) => [`${"**/a/".repeat(size)}b`, `${"a/".repeat(60)}c`] as const],
    ["plain lines", (size: number) => ["name\n".repeat(size), "name"] as const],
  ])("%s", async (_name, make) => {
    const work = (size: number) => {
      const [text, path] = make(size);
      return new IgnorePatterns().add(text).test(path);
    };
    expect(await growthOf(work, 60)).toBeLessThan(most);
  });
});
