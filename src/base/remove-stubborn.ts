import { asideName } from "./asides.ts";
import { isSystemError } from "./errors.ts";
import {
  type Dirent,
  type FilePath,
  lstatIfExists,
  readdirSync,
  removeEmptyFolder,
  removeFile,
  removeTree,
  rename,
  setMode,
} from "./files.ts";

/** Longer paths are not used: the kernel refuses those over 4096 bytes (1024 on macOS), whole as they are given. */
const longestPath = process.platform === "linux" ? 3_000 : 700;

/** Removes a folder even where a stage took the rights to write away, or made folders deeper than a path can be long. */
export function removeStubborn(target: FilePath): void {
  try {
    removeTree(target);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    for (const top of makeRemovable(target)) removeTree(top);
  }
}

/** As removeStubborn, but goes on behind what can't be removed, such as an immutable file, and answers the first of that. */
export function removeAllThatGoes(target: FilePath): string | undefined {
  try {
    removeStubborn(target);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return removeEach(target);
  }
}

function removeEach(target: FilePath): string | undefined {
  try {
    if (lstatIfExists(target)?.isDirectory() !== true) {
      removeFile(target);
      return undefined;
    }
    const names = readdirSync(target, { encoding: "buffer" });
    const stuck = names.flatMap((name) => removeEach(childOf(target, name)) ?? []);
    return stuck.length === 0 && removeEmptyFolder(target) ? undefined : (stuck[0] ?? target.toString());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return target.toString();
  }
}

function childOf(folder: FilePath, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), name]);
}

/** Gives us the rights to all folders below, and moves those that lie too deep beside the target. Answers what to remove. */
function makeRemovable(target: FilePath): readonly FilePath[] {
  if (lstatIfExists(target)?.isDirectory() !== true) return [target];
  const tops: FilePath[] = [target];
  const pending: FilePath[] = [target];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    setMode(folder, 0o700);
    for (const child of foldersIn(folder)) {
      if (child.length <= longestPath) pending.push(child);
      else {
        setMode(child, 0o700);
        const top = asideName(target.toString());
        rename(child, top);
        tops.push(top);
        pending.push(top);
      }
    }
  }
  return tops;
}

/** Names as bytes: they need not be UTF-8. */
function foldersIn(folder: FilePath): readonly Buffer[] {
  const entries: Dirent<Buffer>[] = readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => childOf(folder, entry.name));
}
