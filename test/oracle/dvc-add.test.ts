/** What `dvc add` of DVC 3.67.1 wrote (../shared beside the checkout; skipped where it is missing). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { addPaths } from "../../src/pipeline/data/add.ts";
import { openProject } from "../../src/project/open.ts";
import { objectPath, openCache } from "../../src/store/cache.ts";
import { makeRepository } from "../rig/index.ts";

interface Row {
  readonly name: string;
  readonly kind: "file" | "dir";
  readonly files_b64: Readonly<Record<string, string>>;
  readonly dvc_file: string;
  readonly cache: readonly string[];
  readonly dir_object?: string;
  readonly gitignore: string;
}

const recorded = new URL("../../../shared/oracle/dvc/dvc_add.json", import.meta.url);
const rows: Row[] = existsSync(recorded) ? JSON.parse(readFileSync(recorded, "utf8")) : [];

function objectsOf(cacheDir: string): string[] {
  return readdirSync(cacheDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(cacheDir, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe.skipIf(rows.length === 0)("add writes what DVC writes", () => {
  it.each(rows.map((row) => [row.name, row] as const))("%s", async (_name, row) => {
    const files = Object.fromEntries(
      Object.entries(row.files_b64).map(([name, content]) => [name, Buffer.from(content, "base64")]),
    );
    const repository = makeRepository();
    repository.write(files);
    const target = row.kind === "dir" ? "d" : "data/f.bin";
    const project = openProject(repository.folder, repository.env);
    const cache = openCache(project);
    await addPaths({ project, cache, folder: repository.folder, targets: [target], data: "commit" });
    const read = (name: string) => readFileSync(path.join(repository.folder, name), "utf8");
    expect(read(`${target}.dvc`)).toBe(row.dvc_file);
    expect(read(path.join(path.dirname(target), ".gitignore"))).toBe(row.gitignore);
    expect(objectsOf(project.cacheDir)).toEqual([...row.cache].sort());
    const md5 = /md5: (\S+)/.exec(row.dvc_file)?.[1] ?? "";
    if (row.dir_object !== undefined) expect(readFileSync(objectPath(cache, md5), "utf8")).toBe(row.dir_object);
  });
});
