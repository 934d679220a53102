/** Looks for temporary files of dead processes wherever we and Git write any. */
import path from "node:path";
import { folderRemotes } from "../../store/remotes/open.ts";
import { isLeft, itemsOf } from "../recovery/left-files.ts";
import type { ExperimentsContext } from "../repository.ts";

/** Links are not followed. */
function findBelow(folder: string, found: Set<string>): void {
  for (const item of itemsOf(folder)) {
    const file = path.join(folder, item.name);
    if (isLeft(file)) found.add(file);
    else if (item.isDirectory()) findBelow(file, found);
  }
}

/** Looks in the work tree, our own state, the cache, and where Git keeps its objects. */
export function findLeftFiles({ project, repository }: ExperimentsContext): readonly string[] {
  return findIn([repository.workTree, project.cacheDir, path.join(repository.commonDir, "objects")]);
}

/** What a storage remote holds beside what others keep in that folder: objects, runs, and objects of DVC 2. */
const ownFolders = /^(?:files|runs|[0-9a-f]{2})$/;

/** Looks in the storage remotes that are folders; not in all that is there: such a folder may be the top of a disk. */
export function findLeftUploads({ project }: ExperimentsContext): readonly string[] {
  const folders = folderRemotes(project).flatMap((remote) =>
    itemsOf(remote)
      .filter((item) => item.isDirectory() && ownFolders.test(item.name))
      .map(({ name }) => path.join(remote, name)),
  );
  return findIn(folders);
}

function findIn(folders: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const folder of folders) findBelow(folder, found);
  return [...found].sort();
}
