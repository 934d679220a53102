/** Where a project has the config tree that its parameters are composed from (DVC's settings `hydra.*`): all that is loaded where none is. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { defaultParamsFile } from "../params/default-file.ts";
import type { Project } from "../project/project.ts";

/** The file that a composed config is written to. */
export const composedFile = defaultParamsFile;

export type SweepKind = "grid" | "search";

export interface ConfigPlace {
  /** Absolute. */
  readonly folder: string;
  /** As messages name it. */
  readonly shown: string;
  readonly namedBy: "setting" | "command line";
  readonly configName: string;
  /** Where relative entries of hydra.searchpath count from. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What its sweep is read for; "grid" where nothing is said. */
  readonly sweep?: SweepKind;
  /** Told once what oc.deprecated has to say, and what has no effect, however many points say it. */
  readonly warn?: (message: string) => void;
}

const inPython = {
  "hydra.config_module":
    "Put the config files into a folder and name it: sweepline config hydra.config_dir FOLDER; then",
  "hydra.plugins_path": "Plugins of Hydra are Python code. Where the configs compose without them, take them out:",
} as const;

/** Why a setting cannot be used here, or undefined where it can. */
export function settingNeedsPython(setting: string): SweeplineError | undefined {
  return setting === "hydra.config_module" || setting === "hydra.plugins_path" ? needsPython(setting) : undefined;
}

function needsPython(setting: keyof typeof inPython): SweeplineError {
  return new SweeplineError({
    code: "CONFIG_NEEDS_PYTHON",
    message: `the setting ${setting} needs Python, which sweepline does without`,
    hint: `${inPython[setting]} sweepline config --unset ${setting}. Or run without composition: --no-hydra.`,
  });
}

type HasConfig = Pick<Project, "root" | "config">;

/** Whether the project's setting switches composition on. */
export function isComposed({ config }: Pick<HasConfig, "config">): boolean {
  return config.get("hydra.enabled")?.toLowerCase() === "true";
}

/** Where a project's config lies, or undefined where composition is not switched on. Refuses what needs Python. */
export function enabledPlace(project: HasConfig, environment: ConfigPlace["environment"]): ConfigPlace | undefined {
  return isComposed(project) ? configPlace(project, environment) : undefined;
}

/** Where a project's config lies or would lie, switched on or not. Refuses what needs Python. */
export function configPlace({ root, config }: HasConfig, environment: ConfigPlace["environment"]): ConfigPlace {
  for (const setting of ["hydra.config_module", "hydra.plugins_path"] as const)
    if (config.get(setting) !== undefined) throw needsPython(setting);
  const folder = config.get("hydra.config_dir") ?? "conf";
  return {
    folder: path.resolve(root, folder),
    shown: folder,
    namedBy: "setting",
    configName: config.get("hydra.config_name") ?? "config",
    workingFolder: root,
    environment,
  };
}
