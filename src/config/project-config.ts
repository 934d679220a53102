/** The config tree that a project composes its parameters from. */
import { SweeplineError } from "../base/errors.ts";
import { statSync } from "../base/files.ts";
import type { Value } from "../base/value.ts";
import type { ParamEdit } from "../params/types.ts";
import { dumpOmegaConf } from "../yaml/omegaconf.ts";
import { type ComposeRequest, compose, resolveConfig } from "./compose.ts";
import { ignoredSettings } from "./ignored-settings.ts";
import { plainNode } from "./node.ts";
import { ConfigOverrides } from "./overrides.ts";
import type { ConfigPlace } from "./project-place.ts";
import type { ConfigFiles } from "./read.ts";
import { configFiles, projectTree } from "./search-path.ts";
import { SweeperSettings } from "./sweeper-settings.ts";
import { FolderTree } from "./tree.ts";
import type { Composition, ConfigOverride, ConfigTree } from "./types.ts";

const folderHints = {
  setting: "Its name is the setting hydra.config_dir, counted from the project's root.",
  "command line": "--config-dir names it, counted from the working folder; without the option it is 'conf'.",
} as const;

/** Opens the config tree of a place. Throws SweeplineError where the folder is missing. Files are read as they are needed. */
export function openConfigs(place: ConfigPlace): ProjectConfigs {
  if (statSync(place.folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new SweeplineError({
      code: "CONFIG_FOLDER_MISSING",
      message: `Primary config directory not found.\nCheck that the config directory '${place.shown}' exists and readable`,
      hint: folderHints[place.namedBy],
    });
  return new ProjectConfigs(place, new FolderTree(place.folder, place.shown));
}

/** The configs of one tree, for one composition or for all points of a sweep: each file is read and parsed once. */
export class ProjectConfigs {
  private readonly overrides = new ConfigOverrides();
  private readonly warned = new Set<string>();
  private readonly filesBySearchPath = new Map<string, ConfigFiles>();

  /** @param tree the files of `place`, wherever they are read from */
  constructor(
    private readonly place: ConfigPlace,
    private readonly tree: ConfigTree,
  ) {}

  /** The config with its interpolations as written. Throws SweeplineError. */
  compose(edits: readonly ParamEdit[]): Composition {
    return this.told(compose(this.request(this.overrides.read(edits))));
  }

  /** What DVC with Hydra dumps: resolved, an interpolation of a missing value (`???`) missing itself. Throws SweeplineError. */
  valueAt(edits: readonly ParamEdit[]): Value {
    return this.resolved(this.compose(edits));
  }

  /** What a composition is with its interpolations resolved. Throws SweeplineError. */
  resolved({ config }: Composition): Value {
    const { environment } = this.place;
    const warn = (message: string): void => this.warnOnce(message);
    return plainNode(resolveConfig(config, { environment, missing: "keep", warn }));
  }

  /** A composed value as YAML, to the byte as OmegaConf writes it. */
  textOf(value: Value): string {
    return dumpOmegaConf(value);
  }

  private warnOnce(message: string): void {
    if (!this.warned.has(message)) this.place.warn?.(message);
    this.warned.add(message);
  }

  /** The options of a config group, or undefined where there is no such group. */
  optionsOf(group: string): readonly string[] | undefined {
    const tree = projectTree(this.tree);
    return tree.isGroup(group) && group !== "" ? tree.options(group) : undefined;
  }

  /**
   * What the config says of its sweep: `hydra.sweeper`, its interpolations resolved; what the edits change in the config comes
   * first. Throws SweeplineError.
   */
  sweeper(edits: readonly ParamEdit[]): SweeperSettings {
    const request = { ...this.request(this.overrides.read(edits)), notChosen: "leave-out" } as const;
    const { choices } = compose({ ...request, overrides: [] });
    const overrides = request.overrides.flatMap((override) => this.beforeSweep(override, choices));
    const { environment } = request;
    const warn = (message: string): void => this.warnOnce(message);
    // Told here too: overrides of the sweeper are no part of the points.
    return new SweeperSettings(this.told(compose({ ...request, overrides })), { environment, warn });
  }

  /** Tells what the config sets and what has no effect here. */
  private told(composition: Composition): Composition {
    for (const message of ignoredSettings(composition, this.place.sweep)) this.warnOnce(message);
    return composition;
  }

  /** A key or group that only the sweep adds is not there yet: what an override says about it waits for the points. */
  private beforeSweep(override: ConfigOverride, choices: Composition["choices"]): readonly ConfigOverride[] {
    const { kind, key, package: packageName } = override;
    if (/^hydra[./]/.test(key) || kind === "add") return [override];
    if (kind === "delete" || kind === "extend-list") return [];
    if (this.optionsOf(key) === undefined) return [{ ...override, kind: "force-add" }];
    return choices.has(packageName === null ? key : `${key}@${packageName}`) ? [override] : [];
  }

  private request(overrides: readonly ConfigOverride[]): ComposeRequest {
    const { configName, environment } = this.place;
    return { files: this.filesFor(overrides), configName, overrides, environment };
  }

  private filesFor(overrides: readonly ConfigOverride[]): ConfigFiles {
    const searchPath = overrides.filter(({ key }) => key === "hydra.searchpath").map(({ text }) => text);
    const id = searchPath.join("\n");
    const known = this.filesBySearchPath.get(id);
    if (known !== undefined) return known;
    const { configName, workingFolder } = this.place;
    const warn = (message: string): void => this.warnOnce(message);
    const files = configFiles({ tree: this.tree, configName, overrides, workingFolder, warn });
    this.filesBySearchPath.set(id, files);
    return files;
  }
}
