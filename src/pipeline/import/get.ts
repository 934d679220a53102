/** `get`: a file or folder of another repository, copied to a place here. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, makeFolder, removeTree, rename, statSync } from "../../base/files.ts";
import { exportPath } from "../source/export.ts";
import { type SourceRequest, withSource } from "../source/source.ts";
import { sourceNodeAt } from "../source/tree.ts";

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
  await withSource(source, request.name, async (opened, name) => {
    makeFolder(path.dirname(destination));
    const aside = asideName(destination);
    try {
      await exportPath(opened, name, aside);
      putInPlace(aside, destination);
    } finally {
      removeTree(aside);
    }
  });
}

/** Where what lies at a path of a source is on this disk: a file, or the object of one. Errors: FILE_MISSING, those of the source. */
export function locatePath(source: SourceRequest, name: string): Promise<string> {
  return withSource(source, name, async (opened, inside) => {
    const { md5, file } = await sourceNodeAt(opened, inside);
    const found = md5 === undefined ? file : (await opened.objects([md5])).get(md5);
    return found ?? path.join(opened.folder, inside);
  });
}
