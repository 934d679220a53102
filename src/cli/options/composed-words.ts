/** What an override of a composed config may begin with: keys of the config as it is chosen so far, groups, and options of a group. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { type Dirent, readdirSync } from "../../base/files.ts";
import { valueOrigins } from "../../config/info.ts";
import { openConfigs, type ProjectConfigs } from "../../config/project-config.ts";
import type { ConfigPlace } from "../../config/project-place.ts";
import type { Composition } from "../../config/types.ts";
import type { ParamEdit } from "../../params/types.ts";

/** A tree has few groups; one that has more, or that goes deeper, is not looked through at each Tab. */
const mostGroups = 1000;
const deepest = 6;

function foldersOf(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !/^[._]/.test(entry.name),
  );
}

/** `model`, `db`, `db/engine`: every folder of the tree. */
function groupsBelow(top: string): readonly string[] {
  const found: string[] = [];
  let level = [""];
  for (let depth = 0; depth < deepest && level.length > 0 && found.length < mostGroups; depth++) {
    level = level.flatMap((group) => foldersOf(path.join(top, group)).map(({ name }) => path.posix.join(group, name)));
    found.push(...level);
  }
  return found.slice(0, mostGroups);
}

/** Options that the words before choose, as far as they are plain: `db=postgresql`, `+experiment=big`. */
function choicesIn(words: readonly string[], configs: ProjectConfigs): readonly ParamEdit[] {
  return words.flatMap((text): ParamEdit[] => {
    const [, plus = "", key = "", value = ""] = /^(\+{0,2})([\w/@.-]+)=([\w./-]+)$/.exec(text) ?? [];
    const group = key.replace(/@.*$/, "");
    if (group === "" || configs.optionsOf(group)?.includes(value) !== true) return [];
    return [{ kind: plus === "" ? "change" : plus === "+" ? "add" : "force-add", path: key.split("."), value, text }];
  });
}

/** With what is chosen so far; where that can't be composed, without; else nothing. */
function composed(configs: ProjectConfigs, words: readonly string[]): Composition | undefined {
  for (const edits of [choicesIn(words, configs), []])
    try {
      return configs.compose(edits);
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
    }
  return undefined;
}

/** Keys of mappings on the way too would be no overrides that anybody means: `db.port`, not `db`. */
function keysOf(composition: Composition | undefined): readonly string[] {
  if (composition === undefined) return [];
  return valueOrigins(composition.config).map(({ key }) => key.replace(/\.\d+(?:\..*)?$/, ""));
}

/** The last of the options that a word lists: `model=small,la`. */
function optionWords(configs: ProjectConfigs, current: string): readonly string[] {
  const [, head = "", group = ""] = /^(\+{0,2}([\w/-]+)(?:@[\w.]+)?=(?:[\w./-]+,)*)[\w./-]*$/.exec(current) ?? [];
  const listed = head.slice(head.indexOf("=") + 1).split(",");
  return (configs.optionsOf(group) ?? []).filter((name) => !listed.includes(name)).map((name) => `${head}${name}`);
}

/**
 * @param current the word as far as it is typed
 * @param before the words before it
 */
export function composedWords(place: ConfigPlace, current: string, before: readonly string[]): readonly string[] {
  const configs = openConfigs(place);
  if (current.includes("=")) return optionWords(configs, current);
  const composition = composed(configs, before);
  const added = /^\+{1,2}/.exec(current)?.[0] ?? "";
  const chosen = [...(composition?.choices.keys() ?? [])].filter((name) => !/^hydra\b/.test(name));
  const names = [...chosen, ...groupsBelow(place.folder), ...keysOf(composition)];
  return [...new Set(names)].map((name) => `${added}${name}=`);
}
