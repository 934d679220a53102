/** The trees in which a project's configs are looked for: its folder, `hydra.searchpath`, and what Hydra brings. */
import path from "node:path";
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
}

/**
 * The files of a tree and of the folders that the primary config (or an override) adds as `hydra.searchpath`.
 * Throws SweeplineError for an entry that is no folder: pkg:// needs Python.
 */
export function configFiles({ tree, configName, overrides, workingFolder }: SearchPathRequest): ConfigFiles {
  const alone = new ConfigFiles(projectTree(tree));
  const override = overrides.find(({ text }) => /^\+{0,2}hydra\.searchpath=/.test(text))?.value;
  const primary = alone.load(configName)?.content;
  const listed = override ?? childOf(childOf(primary, "hydra"), "searchpath");
  if (listed === undefined || (listed.kind === "scalar" && listed.value === null)) return alone;
  const folders = searchFolders(listed, workingFolder);
  return folders.length === 0 ? alone : new ConfigFiles(projectTree(tree, folders));
}

function searchFolders(node: ConfigNode, workingFolder: string): readonly ConfigTree[] {
  if (node.kind !== "list")
    throw problemOf(node.source, {
      code: "CONFIG_BAD_SEARCH_PATH",
      message: "hydra.searchpath must be a list of texts",
    });
  return node.items.map((item) => {
    const entry = item.kind === "scalar" ? item.value : undefined;
    if (typeof entry !== "string")
      throw problemOf(item.source, {
        code: "CONFIG_BAD_SEARCH_PATH",
        message: "hydra.searchpath must be a list of texts",
      });
    const scheme = /^(\w+):\/\//.exec(entry)?.[1];
    if (scheme !== undefined && scheme !== "file")
      throw problemOf(item.source, {
        code: "CONFIG_NEEDS_PYTHON",
        message: `hydra.searchpath: '${entry}' can be read by Python only`,
        hint: "Name a folder: file://conf/more.",
      });
    const folder = entry.replace(/^file:\/\//, "");
    return new FolderTree(path.resolve(workingFolder, folder), folder);
  });
}
