/** A sweep that lives in the config: `hydra.sweeper.params`, a mapping of keys to what follows their `=`. */
import { pythonRepr } from "../base/python.ts";
import type { Scalar } from "../base/value.ts";
import { Interpolation } from "./interpolate.ts";
import type { InterpolationOptions } from "./interpolation.ts";
import { childOf, mapNode } from "./node.ts";
import { problemOf, sourceWords } from "./source.ts";
import type { Composition, ConfigNode, MapNode } from "./types.ts";

export interface SweeperOverride {
  /** As on a command line. */
  readonly text: string;
  /** Where its value stands: `conf/config.yaml:7`. */
  readonly place: string;
}

/**
 * `{"train.lr": "0.1,0.01", seed: range(3)}` to `train.lr=0.1,0.01` and `seed=range(3)`. Empty where there is none.
 * Interpolations are resolved before, as Hydra does when it makes its sweeper: `${lr},5` is the lr of the config.
 */
export function sweeperParams(
  { config, hydra }: Composition,
  options: InterpolationOptions,
): readonly SweeperOverride[] {
  const written = childOf(childOf(hydra, "sweeper"), "params");
  if (written === undefined || (written.kind === "scalar" && written.value === null)) return [];
  const whole = mapNode(new Map([...config.entries, ["hydra", hydra]]), config.source);
  const params = new Interpolation(whole, options).resolve(written, ["hydra", "sweeper", "params"]);
  if (params.kind !== "map")
    throw problemOf(params.source, {
      code: "CONFIG_BAD_SWEEP",
      message: "hydra.sweeper.params is a mapping of keys to texts",
      hint: "Write: params: {train.lr: '0.1,0.01', seed: range(3)}",
    });
  return overridesIn(params);
}

/** The overrides that a mapping of keys to texts stands for. Errors: CONFIG_BAD_SWEEP. */
export function overridesIn({ entries }: MapNode): readonly SweeperOverride[] {
  return [...entries].map(([key, value]) => ({
    text: `${String(key)}=${valueText(value)}`,
    place: sourceWords(value.source),
  }));
}

function valueText(node: ConfigNode): string {
  if (node.kind === "scalar") return scalarText(node.value);
  throw problemOf(node.source, {
    code: "CONFIG_BAD_SWEEP",
    message: "a value of hydra.sweeper.params is one text, in the language of overrides",
    hint:
      node.kind === "map"
        ? "A range is interval(0,1), of whole numbers range(4,17), on a scale of logarithms tag(log,interval(1e-4,1e-1)). A dict that is a value stands in quotes."
        : "Put lists into quotes: '[1,2],[3]'. To choose among values write choice(1,2).",
  });
}

/** What is no text in the file is written as Python writes it, as Hydra does; null stays null. */
function scalarText(value: Scalar): string {
  if (typeof value === "string") return value;
  return value === null ? "null" : pythonRepr(value);
}
