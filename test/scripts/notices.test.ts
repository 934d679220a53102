/** The licences of what is bundled: found by the build's record, told with their texts. */
import path from "node:path";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { bundledPackages, notices, packageFolder } from "../../scripts/notices.mjs";
import { checkout } from "../rig/index.ts";

test.each([
  ["node_modules/yaml/dist/index.js", "node_modules/yaml"],
  ["../node_modules/@lezer/lr/index.js", "../node_modules/@lezer/lr"],
  [
    "node_modules/cli-truncate/node_modules/string-width/index.js",
    "node_modules/cli-truncate/node_modules/string-width",
  ],
  ["src/cli/main.ts", undefined],
])("%s belongs to %s", (file, folder) => {
  expect(packageFolder(file)).toBe(folder);
});

test("a package of which nothing is left in the bundle is not among them", () => {
  const inputs = {
    "node_modules/yaml/a.js": { bytesInOutput: 7 },
    "node_modules/yaml/b.js": { bytesInOutput: 1 },
    "node_modules/unused/index.js": { bytesInOutput: 0 },
    "src/cli/main.ts": { bytesInOutput: 9 },
  };
  const build = { outputs: { "main.cjs": { inputs } } };
  expect(bundledPackages(build, ["../src/a.ts", "../node_modules/yaml/a.js"])).toEqual(["node_modules/yaml"]);
  // What yaml has bundled into itself.
  const inner = "../node_modules/yaml/node_modules/inner/a.js";
  expect(bundledPackages(build, [inner])).toEqual(["node_modules/inner", "node_modules/yaml"]);
});

test("each comes with version, licence and text", () => {
  const text = notices([path.join(checkout, "node_modules/commander")]);
  expect(text).toMatch(/^commander \d+\.\d+\.\d+\nLicense: MIT\nAuthor: .+\n\n\(The MIT License\)/m);
  expect(text).toContain("Permission is hereby granted");
});
