/** Config trees: a folder, files held in memory, and several of them one after the other. */
import path from "node:path";
import { systemErrorCode } from "../base/errors.ts";
import { readdirSync, readIfExists, statSync } from "../base/files.ts";
import { compareCodePoints } from "../base/python.ts";
import type { ConfigTree } from "./types.ts";

/** A name from the top of the tree, or undefined where it leads out of it. */
function insideName(name: string): string | undefined {
  const normal = path.posix.normalize(name === "" ? "." : name);
  return normal.startsWith("..") || path.posix.isAbsolute(normal) || normal.includes("\0") ? undefined : normal;
}

function fileName(name: string): string {
  return name.endsWith(".yaml") ? name : `${name}.yaml`;
}

const ignoredNames = new Set(["__pycache__", "__init__.py"]);

/** The option that a file of a group stands for: its name up to the last dot, as Hydra lists them. */
function optionName(file: string): string {
  const dot = file.lastIndexOf(".");
  return dot < 0 ? file : file.slice(0, dot);
}

function sortedOnce(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(compareCodePoints);
}

/** A folder of config files; `shown` is how it is named in messages. Folders above it are out of reach. */
export class FolderTree implements ConfigTree {
  readonly places: readonly string[];

  constructor(
    private readonly folder: string,
    private readonly shown: string = folder,
  ) {
    this.places = [shown];
  }

  read(name: string): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    const inside = insideName(fileName(name));
    if (inside === undefined) return undefined;
    const file = path.join(this.folder, inside);
    try {
      if (statSync(file).isDirectory()) return undefined;
      const bytes = readIfExists(file);
      return bytes === undefined ? undefined : { path: path.join(this.shown, inside), bytes };
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(systemErrorCode(error) ?? "")) return undefined;
      throw error;
    }
  }

  isGroup(name: string): boolean {
    const inside = insideName(name);
    if (inside === undefined) return false;
    return statSync(path.join(this.folder, inside), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  options(group: string): readonly string[] {
    const inside = insideName(group);
    if (inside === undefined || !this.isGroup(group)) return [];
    const folder = path.join(this.folder, inside);
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !ignoredNames.has(entry.name) && entry.name.endsWith(".yaml"))
      .filter(
        (entry) => entry.isFile() || statSync(path.join(folder, entry.name), { throwIfNoEntry: false })?.isFile(),
      );
    return sortedOnce(files.map((entry) => optionName(entry.name)));
  }
}

/** Config files by their names: `{"config.yaml": "...", "db/mysql.yaml": "..."}`. */
export class MemoryTree implements ConfigTree {
  readonly places: readonly string[] = ["(memory)"];

  constructor(private readonly files: ReadonlyMap<string, string | Uint8Array>) {}

  read(name: string): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    const inside = insideName(fileName(name));
    const text = inside === undefined ? undefined : this.files.get(inside);
    if (inside === undefined || text === undefined) return undefined;
    return { path: inside, bytes: typeof text === "string" ? new TextEncoder().encode(text) : text };
  }

  isGroup(name: string): boolean {
    const inside = insideName(name);
    if (inside === undefined) return false;
    return inside === "." || [...this.files.keys()].some((file) => file.startsWith(`${inside}/`));
  }

  options(group: string): readonly string[] {
    const prefix = `${insideName(group) ?? ""}/`;
    const names = [...this.files.keys()]
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length));
    return sortedOnce(names.filter((name) => !name.includes("/") && name.endsWith(".yaml")).map(optionName));
  }
}

/** Trees in the order in which they are searched: the first that has a file gives it. */
export function treesInOrder(trees: readonly ConfigTree[]): ConfigTree {
  return {
    places: trees.flatMap((tree) => tree.places),
    read(name) {
      for (const tree of trees) {
        const found = tree.read(name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    isGroup: (name) => trees.some((tree) => tree.isGroup(name)),
    options: (group) => sortedOnce(trees.flatMap((tree) => tree.options(group))),
  };
}
