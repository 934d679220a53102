/**
 * What Hydra itself brings to every composition: its groups (hydra/launcher, hydra/job_logging...) and the keys below
 * `hydra` (hydra 1.3, hydra/conf). Their values mean nothing here, for nothing of Hydra runs; but a config that chooses
 * among them must compose, and a misspelt key must be refused.
 */
import type { Scalar } from "../base/value.ts";
import { problemOf } from "./source.ts";
import { MemoryTree } from "./tree.ts";
import type { ConfigNode, ConfigTree } from "./types.ts";

/** Keys that may stand below a key; "open" for any. */
type Keys = "open" | { readonly [key: string]: Keys };

const keysBelowHydra: Keys = {
  mode: "open",
  searchpath: "open",
  run: { dir: "open" },
  sweep: { dir: "open", subdir: "open" },
  hydra_logging: "open",
  job_logging: "open",
  sweeper: "open",
  launcher: "open",
  callbacks: "open",
  help: { app_name: "open", header: "open", footer: "open", template: "open" },
  hydra_help: { hydra_help: "open", template: "open" },
  output_subdir: "open",
  overrides: { hydra: "open", task: "open" },
  job: {
    name: "open",
    chdir: "open",
    override_dirname: "open",
    id: "open",
    num: "open",
    config_name: "open",
    env_set: "open",
    env_copy: "open",
    config: { override_dirname: { kv_sep: "open", item_sep: "open", exclude_keys: "open" } },
  },
  runtime: {
    version: "open",
    version_base: "open",
    cwd: "open",
    config_sources: "open",
    output_dir: "open",
    choices: "open",
  },
  verbose: "open",
};

const empty = "{}\n";
const package_ = "# @package hydra\n";

/** Found before the project's own files. */
const hydraPackage = new MemoryTree(
  new Map([
    ["hydra/output/default.yaml", `${package_}run: {dir: outputs}\nsweep: {dir: multirun, subdir: "0"}\n`],
    ["hydra/env/default.yaml", "# @package _global_\n"],
    ["hydra/help/default.yaml", empty],
    ["hydra/hydra_help/default.yaml", empty],
    ...["default", "disabled", "hydra_debug", "none"].map(
      (name) => [`hydra/hydra_logging/${name}.yaml`, empty] as const,
    ),
    ...["default", "disabled", "none", "stdout"].map((name) => [`hydra/job_logging/${name}.yaml`, empty] as const),
  ]),
);

/** Of Hydra and of its known plugins: a config for one of them composes, though nothing of it runs here. */
const launchers = ["basic", "joblib", "ray", "ray_aws", "rq", "submitit_local", "submitit_slurm"];
const sweepers = ["ax", "nevergrad"];
const optunaSamplers = ["cmaes", "grid", "motpe", "nsgaii", "random", "tpe"];

/** Found after the project's own files. */
const hydraRegistered = new MemoryTree(
  new Map([
    [
      "hydra/config.yaml",
      `defaults:
  - output: default
  - launcher: basic
  - sweeper: basic
  - help: default
  - hydra_help: default
  - hydra_logging: default
  - job_logging: default
  - callbacks: null
  - env: default
  - _self_
mode: null
searchpath: []
run: {dir: ???}
sweep: {dir: ???, subdir: ???}
hydra_logging: {}
job_logging: {}
launcher: {}
callbacks: {}
help: {app_name: ???, header: ???, footer: ???, template: ???}
hydra_help: {hydra_help: ???, template: ???}
output_subdir: .hydra
overrides: {hydra: [], task: []}
job:
  name: ???
  chdir: null
  override_dirname: ???
  id: ???
  num: ???
  config_name: ???
  env_set: {}
  env_copy: []
  config: {override_dirname: {kv_sep: "=", item_sep: ",", exclude_keys: []}}
runtime: {version: ???, version_base: ???, cwd: ???, config_sources: [], output_dir: ???, choices: {}}
verbose: false
`,
    ],
    ...launchers.map((name) => [`hydra/launcher/${name}.yaml`, empty] as const),
    ["hydra/sweeper/basic.yaml", "max_batch_size: null\nparams: null\n"],
    ...sweepers.map((name) => [`hydra/sweeper/${name}.yaml`, "params: null\n"] as const),
    ["hydra/sweeper/optuna.yaml", "defaults: [sampler: tpe, _self_]\nparams: null\n"],
    ...optunaSamplers.map((name) => [`hydra/sweeper/sampler/${name}.yaml`, empty] as const),
    ["hydra/job_logging/colorlog.yaml", empty],
    ["hydra/hydra_logging/colorlog.yaml", empty],
  ]),
);

/** The trees of Hydra around those of the project, without places of their own in messages. */
export function aroundProject(trees: readonly ConfigTree[]): readonly ConfigTree[] {
  return [withoutPlaces(hydraPackage), ...trees, withoutPlaces(hydraRegistered)];
}

function withoutPlaces(tree: MemoryTree): ConfigTree {
  return {
    places: [],
    read: (name) => tree.read(name),
    isGroup: (name) => name !== "" && tree.isGroup(name),
    options: (group) => tree.options(group),
  };
}

/** Whether keys may be added at a path below `hydra` without asking: parts that belong to plugins and loggers. */
export function isOpenBelowHydra(path: readonly Scalar[]): boolean {
  let keys: Keys | undefined = keysBelowHydra;
  for (const key of path) {
    if (keys === "open") return true;
    keys = Object.hasOwn(keys, String(key)) ? keys[String(key)] : undefined;
    if (keys === undefined) return false;
  }
  return keys === "open";
}

/** Refuses keys that Hydra does not know. Throws SweeplineError with the place of the first. */
export function checkHydraKeys(node: ConfigNode, keys: Keys = keysBelowHydra, path = "hydra"): void {
  if (keys === "open" || node.kind !== "map") return;
  for (const [key, value] of node.entries) {
    const below = Object.hasOwn(keys, String(key)) ? keys[String(key)] : undefined;
    if (below === undefined)
      throw problemOf(value.source, {
        code: "CONFIG_UNKNOWN_HYDRA_KEY",
        message: `'${path}.${String(key)}' is no setting of Hydra`,
        hint: `Below '${path}' there are: ${Object.keys(keys).join(", ")}. Own values go outside of 'hydra'.`,
      });
    checkHydraKeys(value, below, `${path}.${String(key)}`);
  }
}
