/** `list` and `du`: the files of another repository with their sizes, those of Git and tracked data alike. */
import { compareCodePoints } from "../../base/python.ts";
import { type SourceProject, type SourceRequest, withSource } from "../source/source.ts";
import { filesBelow, type SourceNode, sourceChildren, sourceNodeAt } from "../source/tree.ts";

export interface Listed {
  readonly node: SourceNode;
  /** A folder that was gone into. */
  readonly isOpen: boolean;
  readonly children: readonly Listed[];
}

export interface SourceListRequest {
  /** A file or folder of the source; "" for itself. */
  readonly name: string;
  /** So many levels of folders. 1: what is directly there. */
  readonly depth: number;
  readonly only: "all" | "data";
}

export interface SourceListing {
  readonly at: SourceNode;
  /** In front of each path that is below the folder that was asked for, or beside the file. */
  readonly prefix: string;
  readonly listed: readonly Listed[];
}

function isWanted(source: SourceProject, node: SourceNode, only: SourceListRequest["only"]): boolean {
  if (only === "all" || node.isOut) return true;
  return node.kind === "folder" && [...source.outputs.keys()].some((out) => out.startsWith(`${node.path}/`));
}

/** Folders that hold no data are left out where only data is wanted. */
async function below(source: SourceProject, folder: string, request: SourceListRequest): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  const inner = { ...request, depth: request.depth - 1 };
  for (const node of await sourceChildren(source, folder)) {
    if (!isWanted(source, node, request.only)) continue;
    const isOpen = node.kind === "folder" && inner.depth > 0;
    listed.push({ node, isOpen, children: isOpen ? await below(source, node.path, inner) : [] });
  }
  return listed;
}

/** What lies at a path of a source. Errors: FILE_MISSING, those of the source. */
export function listSource(source: SourceRequest, request: SourceListRequest): Promise<SourceListing> {
  return withSource(source, request.name, async (opened, name) => {
    const at = await sourceNodeAt(opened, name);
    if (at.kind === "file") {
      const prefix = at.path.slice(0, at.path.lastIndexOf("/") + 1);
      return { at, prefix, listed: [{ node: at, isOpen: false, children: [] }] };
    }
    const prefix = at.path === "" ? "" : `${at.path}/`;
    return { at, prefix, listed: await below(opened, at.path, request) };
  });
}

function flat(listed: readonly Listed[]): readonly SourceNode[] {
  return listed.flatMap(({ node, isOpen, children }) => (isOpen ? flat(children) : [node]));
}

/** A folder that was gone into is told by its files, all in the order of their paths. */
export function inPathOrder(listed: readonly Listed[]): readonly SourceNode[] {
  return [...flat(listed)].sort((a, b) => compareCodePoints(a.path, b.path));
}

/** The size of what lies at a node. A file in a tracked folder has none on record: it is that of its object. */
async function sizeOf(source: SourceProject, node: SourceNode): Promise<number> {
  if (node.isOut && node.size !== undefined) return node.size;
  const files = await filesBelow(source, node);
  const unknown = files.flatMap(({ size, md5 }) => (size === undefined && md5 !== undefined ? [md5] : []));
  const objects = await source.sizes(unknown);
  return files.reduce((sum, { size, md5 }) => sum + (size ?? objects.get(md5 ?? "") ?? 0), 0);
}

export interface SourceSizes {
  readonly at: SourceNode;
  /** The file itself, or what is directly in the folder. Bytes. */
  readonly entries: readonly { readonly path: string; readonly size: number }[];
  readonly total: number;
}

/** How much lies at a path of a source. Errors: FILE_MISSING, those of the source. */
export function measureSource(source: SourceRequest, name: string): Promise<SourceSizes> {
  return withSource(source, name, async (opened, inside) => {
    const at = await sourceNodeAt(opened, inside);
    const nodes = at.kind === "file" ? [at] : await sourceChildren(opened, at.path);
    const entries: { readonly path: string; readonly size: number }[] = [];
    for (const node of nodes) entries.push({ path: node.path, size: await sizeOf(opened, node) });
    return { at, entries, total: entries.reduce((sum, { size }) => sum + size, 0) };
  });
}
