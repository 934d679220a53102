import { truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { readIfExists, readInputIfExists } from "../../src/base/files.ts";
import { fileSizeLimit, sizeLimitVariable } from "../../src/base/size-limit.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ["", 64 * 1024 ** 2],
  ["100", 100],
  ["2G", 2 * 1024 ** 3],
  ["10mib", 10 * 1024 ** 2],
])("the limit '%s'", (text, bytes) => {
  vi.stubEnv(sizeLimitVariable, text);
  expect(fileSizeLimit()).toBe(bytes);
});

test.each(["0", "-1", "much", "1T", "1e9"])("'%s' is no limit", (text) => {
  vi.stubEnv(sizeLimitVariable, text);
  expect(fileSizeLimit).toThrow(expect.objectContaining({ code: "BAD_OPTIONS" }));
});

test("what is larger, or has no end, is refused by each reader", () => {
  const file = path.join(makeTemporaryFolder(), "large");
  writeFileSync(file, "x");
  truncateSync(file, 64 * 1024 ** 2 + 1);
  const refused = expect.objectContaining({ code: "FILE_TOO_LARGE" });
  for (const read of [readIfExists, readInputIfExists]) expect(() => read(file)).toThrow(refused);
  expect(() => readInputIfExists("/dev/zero")).toThrow(refused);
  vi.stubEnv(sizeLimitVariable, "65M");
  expect(readIfExists(file)).toHaveLength(64 * 1024 ** 2 + 1);
});
