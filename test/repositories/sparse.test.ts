/** Sparse checkouts: copies are as sparse as the work tree, and results have all files. */
import { describe, expect, test } from "vitest";
import { makeRepository } from "../rig/index.ts";
import { mainCommands, projectFiles } from "./battery.ts";

// A pipeline that can't be read, outside of what is checked out, concerns nobody.
const files = { ...projectFiles, "big/a.txt": "a\n", "big/dvc.yaml": "stages: [", "small/d.txt": "d\n" };
const listing = `${projectFiles["see.sh"]}ls -d */* >> out.txt\n`;

describe("a sparse checkout", () => {
  for (const [name, args] of Object.entries({
    "of folders, with a sparse index": ["--sparse-index", "small", ".dvc"],
    "by patterns": ["--no-cone", "/*", "!/big/"],
  }))
    test(name, async () => {
      const rig = makeRepository({ files: { ...files, "see.sh": listing } });
      rig.git("sparse-checkout", "set", ...args);
      const tree = await mainCommands({ rig, tree: "", project: "" });
      expect(tree.read("out.txt")).toContain("small/d.txt");
      expect(tree.read("out.txt")).not.toContain("big/a.txt");
      expect(tree.show("swept-1", "big/a.txt")).toBe("a");
      expect(rig.exists("big")).toBe(false);
    });
});
