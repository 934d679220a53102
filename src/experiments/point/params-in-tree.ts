import { SweeplineError } from "../../base/errors.ts";
import type { Value } from "../../base/value.ts";
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { readDataFile } from "../../params/data-file.ts";

/** A tree has no such path, and git would end over the question. */
function isOutside(file: string): boolean {
  return file === ".." || file.startsWith("../") || file.startsWith("/");
}

/**
 * The parameter files of a tree, read; a file that is not there or can't be read is left out, and so is one outside of the
 * repository.
 */
export async function paramsInTree(
  catFile: CatFile,
  tree: ObjectId,
  files: Iterable<string>,
): Promise<ReadonlyMap<string, Value>> {
  const names = [...files].filter((file) => !isOutside(file));
  const objects = await catFile.readAll(names.map((file) => `${tree}:${file}`));
  const params = new Map<string, Value>();
  for (const [index, file] of names.entries()) {
    const object = objects[index];
    if (object?.type !== "blob") continue;
    params.set(file, await readOr(file, object.content));
  }
  return params;
}

/** A file that no reader understands still has an identity: its bytes. */
async function readOr(file: string, content: Buffer): Promise<Value> {
  try {
    return await readDataFile({ path: file, bytes: content });
  } catch (error) {
    // A bug in a reader must not make a point another one.
    if (!(error instanceof SweeplineError)) throw error;
    return content.toString("latin1");
  }
}
