/** Remotes as config files name them: added, changed, removed, listed. DVC's `remote` commands. */
import { withoutCredentials } from "../../base/text/secrets.ts";
import {
  type ConfigLevel,
  configError,
  configLevels,
  readConfigLevel,
  readDvcConfig,
  remoteNames,
} from "../../project/config.ts";
import {
  type ConfigOption,
  isPathOption,
  pathForConfig,
  removeSection,
  setOption,
  unsetOption,
} from "../../project/config-edit.ts";
import {
  type ConfigSeeker,
  changeConfig,
  type DvcConfigPlace,
  dvcConfigPlace,
  lowerValues,
} from "../../project/config-place.ts";
import { findDvcDir } from "../../project/upwards.ts";
import { hasNoEffect } from "./open.ts";

const defaultRemote: ConfigOption = { section: "core", option: "remote" };

/** As config files have it: names of sections are in lower case. */
export function remoteKey(name: string): string {
  return name.toLowerCase();
}

function section(name: string): string {
  return `remote "${remoteKey(name)}"`;
}

function missing(name: string): string {
  return `remote '${name}' doesn't exist.`;
}

/** Values of the place and of the levels below it. */
function knownValues(place: DvcConfigPlace): Map<string, string> {
  return new Map([...lowerValues(place, place.level), ...readDvcConfig(place.file)]);
}

export interface NewRemote {
  readonly name: string;
  /** A folder, counted from where the command stands, or a URL. */
  readonly url: string;
  readonly makesDefault: boolean;
  readonly existing: "replace" | "refuse";
}

/** Adds a remote. Throws CONFIG_INVALID for one that is there, unless it is to be replaced, and for one that can't be. */
export function addRemote(place: DvcConfigPlace, { name, url, makesDefault, existing }: NewRemote): void {
  const key = remoteKey(name);
  const written = pathForConfig(url, place.cwd, place.file);
  changeConfig(place, {
    refusal: `remote '${key}' already exists. Use \`-f|--force\` to overwrite it.`,
    edit: (text) => {
      const without = removeSection(text, section(key));
      if (without !== undefined && existing === "refuse") return undefined;
      const added = setOption(without ?? text, { section: section(key), option: "url" }, written);
      return makesDefault ? setOption(added, defaultRemote, key) : added;
    },
  });
}

export interface NamedRemote {
  readonly name: string;
  /** Without what lets in whoever has it. */
  readonly url: string;
  readonly default: boolean;
}

/** The remotes of one level, or of all. */
export function listRemotes({ cwd, env }: ConfigSeeker, level: ConfigLevel | undefined): readonly NamedRemote[] {
  const levels = level === undefined ? configLevels : [level];
  const dvcDir = findDvcDir(cwd);
  const values = new Map(levels.flatMap((each) => [...readConfigLevel(each, dvcDir, env)]));
  return remoteNames(values).map((name) => ({
    name,
    url: withoutCredentials(values.get(`remote.${name}.url`) ?? ""),
    default: values.get("core.remote") === name,
  }));
}

/** The default goes with the remote, also where a higher level names it. Throws CONFIG_INVALID where there is none. */
export function removeRemote(place: DvcConfigPlace, name: string): void {
  const key = remoteKey(name);
  changeConfig(place, { edit: (text) => removeSection(text, section(key)), refusal: missing(key) });
  for (const level of configLevels.slice(configLevels.indexOf(place.level))) {
    const above = dvcConfigPlace(place, level);
    if (readDvcConfig(above.file).get("core.remote") !== key) continue;
    changeConfig(above, { edit: (text) => unsetOption(text, defaultRemote) ?? text, refusal: "" });
  }
}

export interface RemoteOptionChange {
  readonly name: string;
  readonly option: string;
  /** undefined: the option is taken out. */
  readonly value: string | undefined;
}

/** What came of a change: the option as it is written, and whether it changes anything here. */
export interface ChangedRemote {
  readonly name: string;
  readonly option: string;
  readonly hasEffect: boolean;
}

/** Sets an option of a remote, or takes it out. Throws CONFIG_INVALID for a remote that there is not, or a value that can't be. */
export function modifyRemote(place: DvcConfigPlace, change: RemoteOptionChange): ChangedRemote {
  const name = remoteKey(change.name);
  if (!remoteNames(knownValues(place)).includes(name)) throw configError(missing(name));
  const target = { section: section(name), option: change.option.toLowerCase() };
  const { value } = change;
  const written = value !== undefined && isPathOption(target) ? pathForConfig(value, place.cwd, place.file) : value;
  changeConfig(place, {
    edit: (text) => (written === undefined ? (unsetOption(text, target) ?? text) : setOption(text, target, written)),
    refusal: "",
  });
  const url = knownValues(place).get(`remote.${name}.url`) ?? "";
  return { name, option: target.option, hasEffect: written === undefined || !hasNoEffect(url, target.option) };
}

/** The name of the default remote, of the place and of the levels below it. */
export function defaultRemoteAt(place: DvcConfigPlace): string | undefined {
  return knownValues(place).get("core.remote");
}

/** Makes a remote the default one; undefined: there is none from now on. Throws CONFIG_INVALID for one that there is not. */
export function setDefaultRemote(place: DvcConfigPlace, name: string | undefined): void {
  const key = name === undefined ? undefined : remoteKey(name);
  if (key !== undefined && !remoteNames(knownValues(place)).includes(key))
    throw configError("default remote must be present in remote list.");
  changeConfig(place, {
    edit: (text) =>
      key === undefined ? (unsetOption(text, defaultRemote) ?? text) : setOption(text, defaultRemote, key),
    refusal: "",
  });
}
