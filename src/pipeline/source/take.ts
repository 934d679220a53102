/** What comes from elsewhere, on its way into our cache. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { makeFolder, removeTree } from "../../base/files.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";
import type { Cache } from "../../store/cache.ts";
import { addToCache } from "../../store/data.ts";
import type { DataHash } from "../../store/hash.ts";
import { exportPath } from "./export.ts";
import type { SourceProject } from "./source.ts";

/** Below .dvc everything is ignored: here only what the data itself says counts. */
export function unruled(cache: Cache, file: string): Cache {
  return { ...cache, rules: ignoreRules(path.dirname(file)) };
}

/** A folder below .dvc/tmp for what is on its way. */
export async function withScratch<T>(project: Project, work: (file: string) => Promise<T>): Promise<T> {
  const folder = asideName(path.join(project.tmpDir, "import"));
  try {
    makeFolder(folder);
    return await work(path.join(folder, "data"));
  } finally {
    removeTree(folder);
  }
}

/** Puts what lies at a path of a source into our cache. Errors: FILE_MISSING, CACHE_MISSING, TRANSFER_FAILED. */
export async function takeFromSource(
  source: SourceProject,
  name: string,
  { project, cache }: { readonly project: Project; readonly cache: Cache },
): Promise<DataHash> {
  return withScratch(project, async (file) => {
    await exportPath(source, name, file);
    const { isexec: _, ...hash } = await addToCache(unruled(cache, file), file);
    return hash;
  });
}
