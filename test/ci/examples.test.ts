import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { pipelineFiles } from "../../src/ci/init/init.ts";
import { defaultPackage } from "../../src/ci/package-spec.ts";
import { checkout } from "../rig/index.ts";

/** Examples are for a project at the top of its repository. */
const { version } = JSON.parse(readFileSync(path.join(checkout, "package.json"), "utf8"));
const place = { folder: "", packageSpec: defaultPackage(version) };

describe.each(["github", "gitlab"] as const)("examples/ci/%s", (system) => {
  it("is what `matrix init` writes", () => {
    const folder = path.join(checkout, "examples", "ci", system);
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
    expect(files).toEqual(pipelineFiles(system, place));
  });
});
