import path from "node:path";
import { expect, test } from "vitest";
import { insideFolder, overlap, posixPath, relativePosix } from "../../src/base/paths.ts";

test("with slashes", () => {
  expect(posixPath(path.join("a", "b", "c"))).toBe("a/b/c");
  expect(relativePosix(path.resolve("/a/b"), path.resolve("/a/c/d"))).toBe("../c/d");
});

test.each([
  ["/a", "/a", ""],
  ["/a", "/a/b/c", "b/c"],
  ["/a", "/ab", undefined],
  ["/a/b", "/a", undefined],
  ["/", "/a", "a"],
])("inside %s: %s", (folder, file, inside) => {
  expect(insideFolder(folder, file)).toBe(inside);
  expect(overlap(folder, file)).toBe(inside !== undefined || file === "/a");
});
