/** Composition: which files in which order, merged, overridden; resolving is a step of its own. */
import { applyOverrides } from "./apply.ts";
import { concernsDefaults } from "./choices.ts";
import { type DefaultsRequest, resolveDefaults } from "./defaults.ts";
import { checkHydraKeys } from "./hydra-own.ts";
import { Interpolation } from "./interpolate.ts";
import type { InterpolationOptions } from "./interpolation.ts";
import { type MergeContext, mergeMaps } from "./merge.ts";
import { mapNode } from "./node.ts";
import type { ConfigFiles } from "./read.ts";
import { problemOf, refuse } from "./source.ts";
import type { Composition, ConfigFile, ConfigNode, MapNode, MergedFiles, ResolvedDefault, Source } from "./types.ts";

export interface ComposeRequest extends DefaultsRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The config that Hydra 1.3 composes (with what 1.4 adds: extend_list, `~list.0`, `~config`), interpolations as written.
 * Throws SweeplineError (CONFIG_...) for whatever is wrong in files or overrides.
 */
export function compose(request: ComposeRequest): Composition {
  const { files, environment, overrides } = request;
  const { list, choices, merged, leftDeletions } = mergedOnce(request);
  const ofValues = overrides.filter(
    (override) => !concernsDefaults(files, override) || leftDeletions.has(override.text),
  );
  const config = applyOverrides(merged, ofValues, { environment });
  // What is added with + need not be known to Hydra.
  if (!ofValues.some(({ kind, path }) => path[0] === "hydra" && (kind === "add" || kind === "force-add")))
    checkHydra(config);
  const entries = new Map(config.entries);
  const hydra = entries.get("hydra");
  entries.delete("hydra");
  return {
    defaults: list,
    choices,
    config: mapNode(entries, config.source),
    hydra: hydra?.kind === "map" ? hydra : emptyMap,
  };
}

function mergedOnce(request: ComposeRequest): MergedFiles {
  const { files, configName, notChosen, overrides } = request;
  const choosing = overrides.filter((override) => concernsDefaults(files, override));
  const id = JSON.stringify([configName, notChosen, ...choosing.map(({ text }) => text)]);
  return files.mergedOnce(id, () => mergeFiles({ ...request, overrides: choosing }));
}

function mergeFiles(request: ComposeRequest): MergedFiles {
  checkPrimary(request);
  const { files, environment } = request;
  const { list, choices, valueOverrides } = resolveDefaults(request);
  const context: MergeContext = { path: [], environment, rootWith: (here) => here };
  const merged = list.reduce(
    (config, item) => mergeConfig(config, { file: loaded(files, item), item, context }),
    emptyMap,
  );
  checkHydra(merged);
  return { list, choices, merged, leftDeletions: new Set(valueOverrides.map(({ text }) => text)) };
}

const ownSource: Source = { kind: "hydra" };
const emptyMap = mapNode(new Map(), ownSource);

function checkPrimary({ files, configName }: DefaultsRequest): void {
  const primary = configName === null ? undefined : files.load(configName);
  if (primary?.content.kind === "list")
    throw problemOf(primary.content.source, {
      code: "CONFIG_NOT_A_MAPPING",
      message: `primary config '${configName}' must be a mapping, it is a list`,
    });
}

function checkHydra(config: MapNode): void {
  const hydra = config.entries.get("hydra");
  if (hydra !== undefined) checkHydraKeys(hydra);
}

function loaded(files: ConfigFiles, { config }: ResolvedDefault): ConfigFile {
  const file = files.load(config);
  if (file === undefined) throw new TypeError(`not loaded: ${config}`);
  return file;
}

interface Laid {
  readonly file: ConfigFile;
  readonly item: ResolvedDefault;
  readonly context: MergeContext;
}

function mergeConfig(config: MapNode, { file, item, context }: Laid): MapNode {
  const path = item.package === "" ? [] : item.package.split(".");
  const embedded = path.reduceRight<ConfigNode>(
    (content, key) => mapNode(new Map([[key, content]]), content.source),
    file.content,
  );
  if (embedded.kind === "map") return mergeMaps(config, embedded, context);
  throw problemOf(file.content.source, {
    code: "CONFIG_KIND_CONFLICT",
    message: `'${item.config}' is a list: it cannot be merged into the top of the config`,
    hint: "Give it a package: '# @package name'.",
  });
}

/** The config with its interpolations resolved. Throws SweeplineError with the place of the first that fails. */
export function resolveConfig(config: MapNode, options: InterpolationOptions): MapNode {
  const resolved = new Interpolation(config, options).resolve(config, []);
  if (resolved.kind !== "map") throw refuse({ code: "CONFIG_NOT_A_MAPPING", message: "the config is no mapping" });
  return resolved;
}
