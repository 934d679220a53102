import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { pythonJson, pythonRepr } from "../../../base/python.ts";
import { jsonOf, visible } from "../../../base/text/visible.ts";
import { isList, isMap, type Value } from "../../../base/value.ts";
import { resolveConfig } from "../../../config/compose.ts";
import { ownDefaults, valueOrigins } from "../../../config/info.ts";
import { plainNode } from "../../../config/node.ts";
import { openConfigs } from "../../../config/project-config.ts";
import { type ConfigPlace, composedFile, configPlace } from "../../../config/project-place.ts";
import type { Composition, MapNode } from "../../../config/types.ts";
import type { ParamEdit } from "../../../params/types.ts";
import { openProject } from "../../../project/open.ts";
import { findDvcDir } from "../../../project/upwards.ts";
import { evaluateOverride, sweepOf } from "../../../sweep/evaluate.ts";
import { expandPoints } from "../../../sweep/expand.ts";
import { dumpOmegaConf } from "../../../yaml/omegaconf.ts";
import { type Io, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly configDir?: string;
  readonly configName?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly info?: boolean;
}

const examples = `
Examples:
  $ sweepline compose                              the config of the project, resolved
  $ sweepline compose db=postgresql train.lr=0.1   with another option of a group, and another value
  $ sweepline compose --info +experiment=big       which file each value comes from
  $ sweepline compose --config-dir conf --config-name train --raw --json`;

/** `sweepline compose`: what a config tree and some overrides make. */
export const command: CommandFactory = (io, finish) =>
  new Command("compose")
    .description("Print a config composed as Hydra does, interpolations resolved")
    .argument("[overrides...]", "overrides of groups (db=mysql) and values (train.lr=0.1)")
    .option("--config-dir <folder>", "the folder of config files (default: hydra.config_dir of the project, or conf)")
    .option("--config-name <name>", "the primary config (default: hydra.config_name of the project, or config)")
    .option("--raw", "keep interpolations as they are written")
    .option("--info", "show the defaults list and where each value comes from")
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action((overrides: readonly string[], options: Options) => {
      const place = { ...placeOf(io, options), warn: (message: string) => warn(io, message) };
      const composition = openConfigs(place).compose(readEdits(overrides));
      const config = options.raw ? composition.config : resolved(io, composition);
      io.stdout.write(options.info ? infoText(composition, config, options) : plainText(plainNode(config), options));
      finish(exitCodes.ok);
    });

/** The project's settings, where there is a project; options win. */
function placeOf({ cwd, env }: Io, options: Options): ConfigPlace {
  const project = findDvcDir(cwd) === null ? undefined : openProject(cwd);
  const configName = options.configName ?? project?.config.get("hydra.config_name") ?? "config";
  if (options.configDir === undefined && project !== undefined) return { ...configPlace(project, env), configName };
  const folder = options.configDir ?? "conf";
  return {
    folder: path.resolve(cwd, folder),
    shown: folder,
    namedBy: "command line",
    configName,
    workingFolder: cwd,
    environment: env,
  };
}

function readEdits(overrides: readonly string[]): readonly ParamEdit[] {
  for (const text of overrides) {
    const outcome = evaluateOverride(text);
    if (!outcome.ok || sweepOf(outcome.override) === undefined) continue;
    const { offset, length } = outcome.override.tree.value ?? outcome.override.tree.key;
    throw new SweeplineError({
      code: "SWEEP_IN_COMPOSE",
      message: `Ambiguous value for argument '${text}': it is a sweep, and a config has one value`,
      hint: "As a list write key=[a,b], as one text key='a,b'; `sweepline sweep` runs all of them.",
      place: { name: "override", text, offset, length },
    });
  }
  const [point] = expandPoints(overrides, { composed: "all" }).points;
  const found = point?.overrides ?? [];
  const other = found.find(({ file }) => file !== composedFile);
  if (other === undefined) return found.map(({ edit }) => edit);
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `'${other.file}:${other.text}' is for another file than the composed one`,
  });
}

function resolved(io: Io, { config }: Composition): MapNode {
  return resolveConfig(config, { environment: io.env, warn: (message) => warn(io, message) });
}

function plainText(value: Value, { json }: Options): string {
  if (!json) return dumpOmegaConf(value);
  refuseSameNames(value, []);
  return `${pythonJson(value)}\n`;
}

/** JSON has texts for keys only: 1 and '1' would be one name twice, and who reads it would lose a value. */
function refuseSameNames(value: Value, path: readonly string[]): void {
  const entries = isMap(value) ? [...value] : isList(value) ? value.map((item, index) => [index, item] as const) : [];
  const names = new Set<string>();
  for (const [key, item] of entries) {
    const name = typeof key === "string" || typeof key === "number" ? String(key) : pythonJson(key);
    if (names.has(name))
      throw new SweeplineError({
        code: "JSON_SAME_NAME",
        message: `'${[...path, name].join(".")}' is there twice in JSON: the keys ${name} and '${name}' differ in YAML only`,
        hint: "Without --json both are shown.",
      });
    names.add(name);
    refuseSameNames(item, [...path, name]);
  }
}

function infoText(composition: Composition, config: MapNode, { json }: Options): string {
  const defaults = ownDefaults(composition);
  const values = valueOrigins(config);
  if (json) {
    const sources = values.map(
      ({ key, value, source }) =>
        `{"key": ${pythonJson(key)}, "value": ${pythonJson(value)}, "source": ${pythonJson(source)}}`,
    );
    return `{"defaults": ${jsonOf(defaults)},\n "choices": ${jsonOf(Object.fromEntries(composition.choices))},\n "values": [\n${sources.join(",\n")}\n]}\n`;
  }
  const rows = defaults.map(({ config: name, package: target, parent, isSelf }) => [
    name,
    target === "" ? "(top)" : target,
    isSelf ? "itself (_self_)" : parent === null ? "primary config" : `from ${parent}`,
  ]);
  const origins = values.map(({ key, value, source }) => [key, pythonRepr(value), source]);
  return `Files, in the order in which they are merged, and their packages:\n${columns(rows)}\nValues and where they come from:\n${columns(origins)}`;
}

/** Names of files and keys come from the repository: nothing in them may steer the terminal. */
function columns(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => visible(cell)));
  const widths = [0, 1].map((column) => Math.min(60, Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
