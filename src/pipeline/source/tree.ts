/** What lies at a path of a source: files of Git and data together. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, statSync } from "../../base/files.ts";
import { compareCodePoints } from "../../base/python.ts";
import { checkEntries } from "../../project/gate.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { SourceProject } from "./source.ts";

export interface SourceNode {
  /** Relative to the source's folder; "" for itself. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** An output, or in one. */
  readonly isOut: boolean;
  readonly md5: string | undefined;
  /** undefined: not known. */
  readonly size: number | undefined;
  readonly isExecutable: boolean;
  /** On the disk: a file of Git, or data that lies in the workspace. */
  readonly file: string | undefined;
  /** A link of Git's that leads to nothing: it has a name, and nothing to read. */
  readonly isBroken?: true;
}

function outNode(name: string, md5: string, size: number | undefined): SourceNode {
  const kind = isTreeHash(md5) ? "folder" : "file";
  return { path: name, kind, isOut: true, md5, size, isExecutable: false, file: undefined };
}

function diskNode(source: SourceProject, name: string, file: string): SourceNode {
  const stats = statSync(file, { throwIfNoEntry: false });
  const kind = stats?.isDirectory() ? "folder" : "file";
  const isExecutable = kind === "file" && ((stats?.mode ?? 0) & 0o111) !== 0;
  const isOut = [...source.outputs.keys()].some((out) => name === out);
  const broken = stats === undefined && { isBroken: true as const };
  return { path: name, kind, isOut, md5: undefined, size: stats?.size, isExecutable, file, ...broken };
}

const joined = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/** The output that a path is or lies in. */
function holding(source: SourceProject, name: string) {
  for (let at = name; at !== ""; at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "") {
    const out = source.outputs.get(at);
    if (out !== undefined) return { name: at, ...out };
  }
  return undefined;
}

/** What is directly in a folder that is an output, or is in one. */
async function insideOutput(source: SourceProject, name: string, out: { readonly name: string; readonly md5: string }) {
  const files = await source.filesOf(out.md5);
  checkEntries(source.folder, [...files.keys()]);
  const prefix = name === out.name ? "" : `${name.slice(out.name.length + 1)}/`;
  const children = new Map<string, SourceNode>();
  for (const [file, md5] of files) {
    if (!file.startsWith(prefix)) continue;
    const rest = file.slice(prefix.length);
    const own = rest.split("/")[0] ?? "";
    const isFile = own === rest;
    const child = joined(name, own);
    children.set(
      child,
      isFile ? outNode(child, md5, undefined) : { ...outNode(child, ".dir", undefined), md5: undefined },
    );
  }
  return [...children.values()];
}

/** Folders above outputs are there, whether or not anything else is in them. */
function outputsIn(source: SourceProject, folder: string): readonly SourceNode[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  return [...source.outputs].flatMap(([name, { md5, size }]): readonly SourceNode[] => {
    if (!name.startsWith(prefix)) return [];
    const own = name.slice(prefix.length).split("/")[0] ?? "";
    const child = joined(folder, own);
    return [
      child === name
        ? outNode(name, md5, size)
        : { ...outNode(child, ".dir", undefined), md5: undefined, isOut: false },
    ];
  });
}

/** The children of a folder, by name: the data that is recorded, and what lies there beside it. */
export async function sourceChildren(source: SourceProject, folder: string): Promise<readonly SourceNode[]> {
  const out = holding(source, folder);
  const found = new Map<string, SourceNode>();
  const recorded = out === undefined ? outputsIn(source, folder) : await insideOutput(source, folder, out);
  for (const node of recorded) if (!found.has(node.path)) found.set(node.path, node);
  for (const { name, file } of source.entries(folder)) {
    const child = joined(folder, name);
    const known = found.get(child);
    const onDisk = diskNode(source, child, file);
    if (known === undefined || (!known.isOut && onDisk.kind === "folder")) found.set(child, onDisk);
    else found.set(child, { ...known, size: known.kind === "folder" ? known.size : (known.size ?? onDisk.size) });
  }
  return [...found.values()].sort(byPath);
}

function byPath(a: SourceNode, b: SourceNode): number {
  return compareCodePoints(a.path, b.path);
}

/** What lies at a path. Throws FILE_MISSING. */
export async function sourceNodeAt(source: SourceProject, name: string): Promise<SourceNode> {
  const normal = path.posix.normalize(name || ".").replace(/\/$/, "");
  const own = normal === "." ? "" : normal;
  // A clone is ours and gone by then: its path tells nobody anything.
  const shown = source.commit === undefined ? path.join(source.folder, name) : name;
  const missing = new SweeplineError({ code: "FILE_MISSING", message: `No such file or directory: '${shown}'` });
  if (own.startsWith("../") || own === ".." || path.isAbsolute(own)) throw missing;
  if (own === "") return { ...outNode("", ".dir", undefined), md5: undefined, isOut: false };
  const parent = own.includes("/") ? own.slice(0, own.lastIndexOf("/")) : "";
  if (lstatIfExists(path.join(source.folder, own)) === undefined && holding(source, own) === undefined) {
    const isAbove = [...source.outputs.keys()].some((out) => out.startsWith(`${own}/`));
    if (!isAbove) throw missing;
  }
  const found = (await sourceChildren(source, parent)).find((node) => node.path === own);
  if (found === undefined || found.isBroken) throw missing;
  return found;
}

/** The files at and below a node. */
export async function filesBelow(source: SourceProject, node: SourceNode): Promise<readonly SourceNode[]> {
  if (node.kind === "file") return node.isBroken ? [] : [node];
  const files: SourceNode[] = [];
  for (const child of await sourceChildren(source, node.path)) files.push(...(await filesBelow(source, child)));
  return files;
}
