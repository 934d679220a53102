/** A .dvc file as a stage of the graph: data that was added, or imported from elsewhere. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readPlainFile } from "../../base/files.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import { plainValue } from "../../params/text/located.ts";
import { decodeFile } from "../../params/text/source-text.ts";
import { parseYaml } from "../../params/yaml/parse.ts";
import { isInternal } from "../../project/gate.ts";
import { writeDvcFile } from "../../store/dvc-file.ts";
import type { PipelineLocation } from "../definition/load.ts";
import { asText, definedPath, type PathPlace } from "../definition/stage.ts";
import { valueToEntry } from "../lock/entry.ts";
import { isUrl } from "../paths.ts";
import type { ImportSource, LockEntry, LockItem, OutputSpec, RecordedSettings, Stage } from "../types.ts";

export interface DataStage {
  readonly stage: Stage;
  readonly value: ValueMap;
  /** What the file says of its outputs, in the shape of a lock entry. */
  readonly recorded: LockEntry;
}

function items(data: ValueMap, key: string): readonly ValueMap[] {
  const value = data.get(key);
  return isList(value) ? value.filter(isMap) : [];
}

/** Here DVC writes what is normal, however it was written before (dvc/output.py: dumpd). */
function withNormalPath(place: PathPlace, item: ValueMap): ValueMap {
  const name = item.get("path");
  if (typeof name !== "string" || isUrl(name)) return item;
  return new Map(item).set("path", path.posix.normalize(definedPath(place, name)).replace(/(?<=.)\/$/, ""));
}

function outputOf(item: ValueMap): OutputSpec {
  return {
    path: asText(item.get("path") ?? ""),
    kind: item.get("metric") ? "metric" : item.get("plot") ? "plot" : "out",
    cache: item.get("cache") !== false,
    persist: item.get("persist") === true,
    ...(item.get("push") === false ? { push: false } : {}),
    ...(typeof item.get("remote") === "string" ? { remote: asText(item.get("remote") ?? "") } : {}),
  };
}

function invalid(file: string, problem: string): SweeplineError {
  return new SweeplineError({ code: "DVC_FILE_INVALID", message: `'${file}' validation failed: ${problem}` });
}

/** An import names where its data came from: a repository, a URL, or a path elsewhere. */
function sourceOf(dep: ValueMap): string {
  const repository = dep.get("repo");
  if (!isMap(repository)) return asText(dep.get("path") ?? "");
  return `repo://${asText(repository.get("url") ?? "")}/${asText(dep.get("path") ?? "")}`;
}

/** Settings for the repository of an import, as its mapping `repo` has them. */
export function settingsIn(repository: ValueMap): RecordedSettings {
  const [config, remote] = [repository.get("config"), repository.get("remote")];
  return { ...(config === undefined ? {} : { config }), ...(remote === undefined ? {} : { remote }) };
}

/** Only a path that leads nowhere else, of a commit: what git is asked for. */
function importSourceOf(dep: ValueMap | undefined): ImportSource | undefined {
  const repository = dep?.get("repo");
  const name = dep?.get("path");
  if (!isMap(repository) || typeof name !== "string") return undefined;
  const [url, commit] = [repository.get("url"), repository.get("rev_lock")];
  if (typeof url !== "string" || typeof commit !== "string" || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const inside = path.posix.normalize(name).replace(/\/$/, "");
  return isInternal(inside) || /^(?:\.\.(?:\/|$)|\/|$)/.test(inside)
    ? undefined
    : { url, commit, path: inside, settings: settingsIn(repository) };
}

function build(location: PipelineLocation, value: Value): DataStage {
  const { file, root } = location;
  if (!isMap(value)) throw invalid(file, "a mapping was expected");
  const wdir = value.get("wdir");
  const workingFolder = path.resolve(root, path.dirname(file), typeof wdir === "string" ? wdir : ".");
  const outs = items(value, "outs").map((out) => withNormalPath({ root, workingFolder }, out));
  if (outs.some((out) => typeof out.get("path") !== "string")) throw invalid(file, "an output has no path");
  const recorded = valueToEntry(
    new Map<string, Value>([
      ["cmd", ""],
      ["outs", outs],
    ]),
  );
  if (recorded === undefined) throw invalid(file, "its outputs can't be read");
  const importedFrom = importSourceOf(items(value, "deps")[0]);
  const stage: Stage = {
    address: file,
    name: file,
    file,
    workingFolder,
    cmd: null,
    deps: items(value, "deps").map(sourceOf),
    params: [],
    outs: outs.map(outputOf),
    frozen: value.get("frozen") === true || value.get("locked") === true,
    alwaysChanged: value.get("always_changed") === true,
    ...(importedFrom === undefined ? {} : { importedFrom }),
  };
  return { stage, value: new Map(value).set("outs", outs), recorded };
}

/** What a .dvc file says. Errors: DVC_FILE_INVALID, those of the YAML reader. */
export function buildDataStage(location: PipelineLocation, bytes: Uint8Array): DataStage {
  const { text } = decodeFile({ path: location.file, bytes });
  const { root } = parseYaml({ path: location.file, text });
  return build(location, root === undefined ? new Map() : plainValue(root));
}

function sameItem(a: LockItem, b: LockItem | undefined): boolean {
  return a.md5 === b?.md5 && a.hash === b.hash && a.size === b.size && a.nfiles === b.nfiles && a.isexec === b.isexec;
}

/**
 * Writes the hash of the stage's output into its .dvc file; answers whether the file changed. One that says the same
 * already stays as it is: the order of its keys, and an entry of DVC 2, which has no `hash: md5`.
 */
export function saveDataStage(root: string, stage: Stage, entry: LockEntry): "unchanged" | "updated" {
  const file = path.join(root, stage.file);
  const [item] = entry.outs;
  if (item === undefined || entry.outs.length > 1) return "unchanged";
  const before = readPlainFile(file);
  const [recorded] = buildDataStage({ file: stage.file, root }, before).recorded.outs;
  if (sameItem(item, recorded)) return "unchanged";
  writeDvcFile(file, item.path, item);
  return readPlainFile(file).equals(before) ? "unchanged" : "updated";
}
