/** What a config says of its sweep beside `hydra.sweeper.params`: settings of ours, and those of Hydra's Optuna sweeper. */
import type { Scalar } from "../base/value.ts";
import { Interpolation } from "./interpolate.ts";
import type { InterpolationOptions } from "./interpolation.ts";
import { childOf, mapNode } from "./node.ts";
import { problemOf } from "./source.ts";
import { overridesIn, type SweeperOverride, sweeperParams } from "./sweeper-params.ts";
import type { Composition, ConfigNode } from "./types.ts";

/** Settings of ours for sweeps that are no grid. */
export const shapeSettings = [
  "zip",
  "and",
  "where",
  "when",
  "repeat",
  "repeat_key",
  "sample",
  "sampler",
  "seed",
] as const;
/** What `search` reads; `n_trials`, `direction` and `sampler` are those of Hydra's Optuna sweeper. */
export const searchSettings = [
  "metric",
  "direction",
  "n_trials",
  "time",
  "sampler",
  "seed",
  "constraint",
  "try",
] as const;
type SettingName = (typeof shapeSettings)[number] | (typeof searchSettings)[number];

/** The sweep that lives in a config. Errors of all methods: CONFIG_BAD_SWEEP, with the place of the value. */
export class SweeperSettings {
  readonly #settings: ConfigNode | undefined;

  constructor(
    private readonly composition: Composition,
    private readonly options: InterpolationOptions,
  ) {
    const { config, hydra } = composition;
    const written = childOf(hydra, "sweeper");
    const whole = mapNode(new Map<Scalar, ConfigNode>([...config.entries, ["hydra", hydra]]), config.source);
    const names: readonly string[] = [...shapeSettings, ...searchSettings];
    const entries = written?.kind === "map" ? [...written.entries].filter(([key]) => names.includes(String(key))) : [];
    const path = ["hydra", "sweeper"];
    const resolve = (key: Scalar, node: ConfigNode) => new Interpolation(whole, options).resolve(node, [...path, key]);
    this.#settings = mapNode(new Map(entries.map(([key, node]) => [key, resolve(key, node)])), config.source);
  }

  /** The overrides of `hydra.sweeper.params`. */
  get params(): readonly SweeperOverride[] {
    return sweeperParams(this.composition, this.options);
  }

  /** The option of `hydra/sweeper`; "basic" where nothing was chosen. */
  get plugin(): string {
    return chosen(this.composition, "hydra/sweeper") ?? "basic";
  }

  /** The sampler of Optuna's sweeper: an option of `hydra/sweeper/sampler`. */
  get pluginSampler(): string | undefined {
    return chosen(this.composition, "hydra/sweeper/sampler");
  }

  /** One text, or a list of texts. */
  texts(name: SettingName): readonly string[] {
    const node = this.#of(name);
    if (node === undefined) return [];
    const items = node.kind === "list" ? node.items : [node];
    return items.map((item) => textOf(item, name));
  }

  text(name: SettingName): string | undefined {
    const node = this.#of(name);
    // Optuna's `sampler` is a mapping, of the plugin.
    return node === undefined || (name === "sampler" && node.kind === "map") ? undefined : textOf(node, name);
  }

  /** A whole number. */
  integer(name: SettingName, least: number): number | undefined {
    const node = this.#of(name);
    return node === undefined ? undefined : wholeNumber(node, name, least);
  }

  /** The seed of Optuna's sampler, below it. */
  samplerSeed(): number | undefined {
    const node = childOf(this.#of("sampler"), "seed");
    return node === undefined || isNull(node) ? undefined : wholeNumber(node, "sampler.seed", 0);
  }

  /** Texts by key. */
  textsByKey(name: SettingName): readonly (readonly [string, string])[] {
    const node = this.#of(name);
    if (node === undefined) return [];
    if (node.kind !== "map") throw badSetting(node, name, "a mapping of keys to texts");
    return [...node.entries].map(([key, item]) => [String(key), textOf(item, `${name}.${String(key)}`)]);
  }

  /** A list of mappings of keys to override texts; one mapping is a list of one. */
  overrideLists(name: SettingName): readonly (readonly string[])[] {
    const node = this.#of(name);
    if (node === undefined) return [];
    return (node.kind === "list" ? node.items : [node]).map((item) => {
      if (item.kind !== "map") throw badSetting(item, name, "a list of mappings of keys to texts, as `params` is one");
      return overridesIn(item).map(({ text }) => text);
    });
  }

  #of(name: SettingName): ConfigNode | undefined {
    const node = childOf(this.#settings, name);
    return node === undefined || isNull(node) ? undefined : node;
  }
}

function chosen({ choices }: Composition, group: string): string | undefined {
  const option = choices.get(group);
  return typeof option === "string" ? option : undefined;
}

function isNull(node: ConfigNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

function textOf(node: ConfigNode, name: string): string {
  if (node.kind !== "scalar" || node.value === null) throw badSetting(node, name, "a text");
  return String(node.value);
}

function wholeNumber(node: ConfigNode, name: string, least: number): number {
  const value = node.kind === "scalar" ? Number(node.value) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least)
    throw badSetting(node, name, `a whole number of at least ${least}`);
  return value;
}

function badSetting(node: ConfigNode, name: string, what: string) {
  return problemOf(node.source, { code: "CONFIG_BAD_SWEEP", message: `hydra.sweeper.${name} is ${what}` });
}
