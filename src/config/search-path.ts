/** The trees in which a project's configs are looked for: its folder, `hydra.searchpath`, and what Hydra brings. */
import path from "node:path";
import { statSync } from "../base/files.ts";
import { aroundProject } from "./hydra-own.ts";
import { childOf } from "./node.ts";
import { ConfigFiles } from "./read.ts";
import { problemOf } from "./source.ts";
import { FolderTree, treesInOrder } from "./tree.ts";
import type { ConfigNode, ConfigOverride, ConfigTree } from "./types.ts";

/** A tree with what Hydra brings around it. */
export function projectTree(tree: ConfigTree, more: readonly ConfigTree[] = []): ConfigTree {
  return treesInOrder(aroundProject([tree, ...more]));
}

export interface SearchPathRequest {
  readonly tree: ConfigTree;
  readonly configName: string;
  readonly overrides: readonly ConfigOverride[];
  /** Relative entries count from there. */
  readonly workingFolder: string;
  /** Told of an entry that is not there. */
  readonly warn: (message: string) => void;
}

/**
 * The files of a tree and of the folders that the primary config (or an override) adds as `hydra.searchpath`.
 * As in Hydra, one that is not there is left out with a warning. A package (pkg://a.b) is looked for as the folder a/b,
 * for nothing is installed here. Throws SweeplineError for what is no list of texts.
 */
export function configFiles(request: SearchPathRequest): ConfigFiles {
  const { tree, configName, overrides } = request;
  const alone = new ConfigFiles(projectTree(tree));
  const override = overrides.find(({ text }) => /^\+{0,2}hydra\.searchpath=/.test(text))?.value;
  const primary = alone.load(configName)?.content;
  const listed = override ?? childOf(childOf(primary, "hydra"), "searchpath");
  if (listed === undefined || (listed.kind === "scalar" && listed.value === null)) return alone;
  const folders = searchFolders(listed, request);
  return folders.length === 0 ? alone : new ConfigFiles(projectTree(tree, folders));
}

function searchFolders(node: ConfigNode, { workingFolder, warn }: SearchPathRequest): readonly ConfigTree[] {
  if (node.kind !== "list")
    throw problemOf(node.source, {
      code: "CONFIG_BAD_SEARCH_PATH",
      message: "hydra.searchpath must be a list of texts",
    });
  return node.items.flatMap((item) => {
    const entry = item.kind === "scalar" ? item.value : undefined;
    if (typeof entry !== "string")
      throw problemOf(item.source, {
        code: "CONFIG_BAD_SEARCH_PATH",
        message: "hydra.searchpath must be a list of texts",
      });
    const folder = folderOf(entry);
    const absolute = folder === undefined ? undefined : path.resolve(workingFolder, folder);
    if (folder === undefined || absolute === undefined || !isFolder(absolute)) {
      warn(`hydra.searchpath: '${entry}' is not available${folder === undefined ? "" : ` (no folder '${folder}')`}`);
      return [];
    }
    return [new FolderTree(absolute, folder)];
  });
}

function isFolder(absolute: string): boolean {
  return statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The folder that an entry names; undefined for structured:// and the like, which only Python knows. */
function folderOf(entry: string): string | undefined {
  const [, scheme, rest = ""] = /^(\w+):\/\/(.*)$/.exec(entry) ?? [];
  if (scheme === undefined) return entry;
  if (scheme === "file") return rest;
  return scheme === "pkg" ? rest.replaceAll(".", "/") : undefined;
}
