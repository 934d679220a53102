/** Settings for the repository of an import as its .dvc file has them (`repo: {config, remote}`), in DVC's four forms (dvc/repo/imp.py). */
import path from "node:path";
import { relativePosix } from "../../base/paths.ts";
import { isMap, type Scalar, type Value } from "../../base/value.ts";
import { readConfigFile } from "../../project/config.ts";
import type { RecordedSettings } from "../types.ts";
import type { SourceSettings } from "./source-settings.ts";

function optionsMap(options: ReadonlyMap<string, string>): Value {
  return new Map<Scalar, Value>(options);
}

/** As they are written down. */
export function recordedSettings(root: string, settings: SourceSettings): RecordedSettings {
  const { configFile, remote, remoteOptions = new Map<string, string>() } = settings;
  const config = configFile === undefined ? {} : { config: relativePosix(root, configFile) };
  if (remoteOptions.size === 0) return remote === undefined ? config : { ...config, remote };
  if (remote === undefined) return { ...config, remote: optionsMap(remoteOptions) };
  const sections = new Map<Scalar, Value>([
    ["core", new Map<Scalar, Value>([["remote", remote]])],
    ["remote", new Map<Scalar, Value>([[remote, optionsMap(remoteOptions)]])],
  ]);
  return { config: sections };
}

function texts(value: Value | undefined): ReadonlyMap<string, string> {
  if (value === undefined || !isMap(value)) return new Map();
  return new Map([...value].flatMap(([key, item]) => (typeof item === "object" ? [] : [[String(key), String(item)]])));
}

/** Back again. Throws CONFIG_INVALID where the file is gone. */
export function settingsOfRecord(root: string, { config, remote }: RecordedSettings): SourceSettings {
  if (config !== undefined && isMap(config)) {
    const name = texts(config.get("core")).get("remote");
    const remotes = config.get("remote");
    const own = remotes !== undefined && isMap(remotes) && name !== undefined ? remotes.get(name) : undefined;
    return { ...(name === undefined ? {} : { remote: name }), remoteOptions: texts(own) };
  }
  const file = typeof config === "string" ? path.resolve(root, config) : undefined;
  if (file !== undefined) readConfigFile(file, process.env);
  return {
    ...(file === undefined ? {} : { configFile: file }),
    ...(typeof remote === "string" ? { remote } : {}),
    remoteOptions: texts(remote),
  };
}
