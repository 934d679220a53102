/** Files of a source, copied to a place of ours. */
import path from "node:path";
import { copyFileFresh, makeFolder, rename, setMode, withAside } from "../../base/files.ts";
import { checkEntries } from "../../project/gate.ts";
import type { SourceProject } from "./source.ts";
import { filesBelow, type SourceNode, sourceNodeAt } from "./tree.ts";

const fileMode = 0o666 & ~process.umask();

function placeFile(from: string, to: string, { isExecutable }: SourceNode): void {
  makeFolder(path.dirname(to));
  withAside(to, (aside) => {
    copyFileFresh(from, aside);
    setMode(aside, isExecutable ? fileMode | 0o111 : fileMode);
    rename(aside, to);
  });
}

/** Copies what lies at `name` in the source to `destination` (absolute), where nothing is. Answers whether it is a folder. Errors: FILE_MISSING, CACHE_MISSING. */
export async function exportPath(
  source: SourceProject,
  name: string,
  destination: string,
): Promise<SourceNode["kind"]> {
  const node = await sourceNodeAt(source, name);
  const files = await filesBelow(source, node);
  const inside = (file: SourceNode) => file.path.slice(node.path === "" ? 0 : node.path.length + 1);
  checkEntries(
    destination,
    files.map(inside).filter((each) => each !== ""),
  );
  const objects = await source.objects(
    files.flatMap(({ md5, file }) => (file === undefined && md5 !== undefined ? [md5] : [])),
  );
  if (node.kind === "folder") makeFolder(destination);
  for (const file of files) {
    const from = file.file ?? objects.get(file.md5 ?? "") ?? "";
    placeFile(from, node.kind === "file" ? destination : path.join(destination, inside(file)), file);
  }
  return node.kind;
}
