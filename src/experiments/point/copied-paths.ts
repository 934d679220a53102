/** --copy-paths: files that Git does not track, kept with a queue entry as a commit of their own, never in a result. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, readdirSync, readlinkSync, readPlainFile } from "../../base/files.ts";
import { posixPath } from "../../base/paths.ts";
import type { ImportStream, TreeFile } from "../../git/fast-import.ts";
import type { Repository } from "../../git/repository.ts";

/** All files of the named paths, from the top of the work tree; refuses a missing path and one outside. */
export function filesToCopy(repository: Repository, paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const target of paths) {
    const inside = path.relative(repository.workTree, target);
    if (lstatIfExists(target) === undefined)
      throw new SweeplineError({
        code: "COPY_PATH_MISSING",
        message: `Unable to copy '${target}'. It is not a file or directory.`,
        hint: "-C takes files and folders of this repository.",
      });
    if (inside === "" || inside.startsWith("..") || inside.split(path.sep).includes(".git"))
      throw new SweeplineError({
        code: "OUTSIDE_REPOSITORY",
        message: `'${target}' can't be copied: it is not inside this repository`,
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
export function importFiles(
  stream: ImportStream,
  repository: Repository,
  files: readonly string[],
): readonly TreeFile[] {
  return files.map((file) => {
    const absolute = path.join(repository.workTree, file);
    const stats = lstatIfExists(absolute);
    if (stats?.isSymbolicLink()) return { path: file, mode: "120000", blob: stream.blob(readlinkSync(absolute)) };
    const mode = stats !== undefined && (stats.mode & 0o111) !== 0 ? "100755" : "100644";
    return { path: file, mode, blob: stream.blob(readPlainFile(absolute)) };
  });
}
