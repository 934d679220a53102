/** `get`: a file or folder of another repository, copied to a place here. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import {
  copyFileFresh,
  lstatIfExists,
  makeFolder,
  removeTree,
  rename,
  setMode,
  statSync,
  withAside,
} from "../../base/files.ts";
import { checkEntries } from "../../project/gate.ts";
import { type SourceProject, type SourceRequest, withSource } from "./source.ts";
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

export interface OutRequest {
  /** Absolute: the folder of the command. */
  readonly folder: string;
  /** -o */
  readonly out: string | undefined;
  /** What is got: its last part is the default name. */
  readonly name: string;
  readonly existing: "refuse" | "replace";
}

/** Where it goes: a folder that is there takes it in. Absolute. Throws FILE_EXISTS. */
export function destinationFor({ folder, out, name, existing }: OutRequest): string {
  const base = path.basename(name.replace(/\/+$/, "")) || "data";
  const asked = path.resolve(folder, out ?? base);
  const isFolder = out !== undefined && statSync(asked, { throwIfNoEntry: false })?.isDirectory() === true;
  const destination = isFolder ? path.join(asked, base) : asked;
  if (lstatIfExists(destination) === undefined || existing === "replace") return destination;
  throw new SweeplineError({
    code: "FILE_EXISTS",
    message: `The file '${path.relative(folder, destination)}' already exists locally. \nTo override it, re-run with '--force'.`,
  });
}

/** Puts what was made aside in its place; what lies there goes. */
function putInPlace(made: string, destination: string): void {
  makeFolder(path.dirname(destination));
  if (lstatIfExists(destination)?.isDirectory()) removeTree(destination);
  rename(made, destination);
}

/** Copies a file or folder of a source to here, made whole beside its place. Errors: FILE_EXISTS, FILE_MISSING, those of the source. */
export async function getPath(source: SourceRequest, request: OutRequest): Promise<void> {
  const destination = destinationFor(request);
  await withSource(source, async (opened) => {
    makeFolder(path.dirname(destination));
    const aside = asideName(destination);
    try {
      await exportPath(opened, request.name, aside);
      putInPlace(aside, destination);
    } finally {
      removeTree(aside);
    }
  });
}

/** Where what lies at a path of a source is on this disk: a file, or the object of one. Errors: FILE_MISSING, those of the source. */
export function locatePath(source: SourceRequest, name: string): Promise<string> {
  return withSource(source, async (opened) => {
    const { md5, file } = await sourceNodeAt(opened, name);
    const found = md5 === undefined ? file : (await opened.objects([md5])).get(md5);
    return found ?? path.join(opened.folder, name);
  });
}
