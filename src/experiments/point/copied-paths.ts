/** --copy-paths: files that Git does not track, kept with a queue entry as a commit of their own, never in a result. */
import { createHash } from "node:crypto";
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { withChunks } from "../../base/file-chunks.ts";
import { lstatIfExists, readdirSync, readlinkSync } from "../../base/files.ts";
import { posixPath } from "../../base/paths.ts";
import type { ImportStream, TreeFile } from "../../git/fast-import.ts";
import type { Repository } from "../../git/repository.ts";

/** All files of the named paths, from the top of the work tree; refuses a missing path and one outside. */
export function filesToCopy(
  repository: Repository,
  paths: readonly string[],
  option: "-C" | "-I" = "-C",
): readonly string[] {
  const found = new Set<string>();
  for (const target of paths) {
    const inside = path.relative(repository.workTree, target);
    if (lstatIfExists(target) === undefined)
      throw new SweeplineError({
        code: "COPY_PATH_MISSING",
        message: `Unable to ${option === "-C" ? "copy" : "include"} '${target}'. It is not a file or directory.`,
        hint: `${option} takes files and folders of this repository.`,
      });
    if (inside === "" || inside.startsWith("..") || inside.split(path.sep).includes(".git"))
      throw new SweeplineError({
        code: "OUTSIDE_REPOSITORY",
        message: `'${target}' can't be ${option === "-C" ? "copied" : "included"}: it is not inside this repository`,
      });
    collect(repository.workTree, inside, found);
  }
  return [...found].sort();
}

function collect(root: string, relative: string, found: Set<string>): void {
  const stats = lstatIfExists(path.join(root, relative));
  if (stats?.isDirectory() !== true) {
    if (stats?.isFile() === true || stats?.isSymbolicLink() === true) found.add(posixPath(relative));
    return;
  }
  for (const name of readdirSync(path.join(root, relative)))
    if (name !== ".git") collect(root, path.join(relative, name), found);
}

/** Writes the files into the stream, as they are (no Git filters: the copy gets the same bytes). */
export async function importFiles(
  stream: ImportStream,
  repository: Repository,
  files: readonly string[],
): Promise<readonly TreeFile[]> {
  const imported: TreeFile[] = [];
  for (const file of files) {
    const absolute = path.join(repository.workTree, file);
    const stats = lstatIfExists(absolute);
    if (stats?.isSymbolicLink())
      imported.push({ path: file, mode: "120000", blob: stream.blob(readlinkSync(absolute)) });
    else {
      const mode = stats !== undefined && (stats.mode & 0o111) !== 0 ? "100755" : "100644";
      imported.push({ path: file, mode, blob: await stream.blobOfFile(absolute) });
    }
  }
  return imported;
}

/** A hash of the named files as a copy gets them: links as links. */
export async function copiedPathsHash(workTree: string, copied: readonly string[]): Promise<string | undefined> {
  if (copied.length === 0) return undefined;
  const hash = createHash("sha256");
  for (const file of copied) {
    const absolute = path.join(workTree, file);
    const stats = lstatIfExists(absolute);
    hash.update(`${file}\0`);
    if (stats?.isSymbolicLink()) hash.update(`link to ${readlinkSync(absolute)}`);
    else if (stats !== undefined)
      await withChunks(absolute, async ({ chunks }) => {
        for (const chunk of chunks()) hash.update(chunk);
      });
    hash.update("\0");
  }
  return hash.digest("hex");
}
