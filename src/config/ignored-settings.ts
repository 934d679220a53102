/** Settings of Hydra that do something there and nothing here, each with what to use in its place. */
import type { Scalar } from "../base/value.ts";
import { childOf } from "./node.ts";
import type { SweepKind } from "./project-place.ts";
import { searchSettings, shapeSettings } from "./sweeper-settings.ts";
import type { Composition, ConfigNode } from "./types.ts";

/** One line for each such setting that a config or an override makes; empty where there are none. */
export function ignoredSettings({ hydra, choices }: Composition, sweep: SweepKind = "grid"): readonly string[] {
  const ignored = settings.flatMap(({ found, instead }) => {
    const what = found(hydra, choices);
    return what === undefined ? [] : [`${what} has no effect: ${instead}`];
  });
  return [...ignoredOfSweeper({ hydra, choices }, sweep), ...ignored];
}

const searches: Readonly<Record<string, string>> = {
  optuna:
    "`sweepline search --metric [FILE:]KEY` does what it says; `sweepline sweep` runs all combinations of its lists.",
  ax: "`sweepline search --metric [FILE:]KEY --trials N --sampler optuna:gp` searches over hydra.sweeper.params, where the params of ax_config go: x: interval(-5,10).",
  nevergrad:
    "`sweepline search --metric [FILE:]KEY --trials N --sampler optuna:cmaes` searches over hydra.sweeper.params.",
};

/** What is said of the sweep beside its `params`: settings of ours, and for a search those of Optuna's sweeper. */
function ignoredOfSweeper(
  { hydra, choices }: Pick<Composition, "hydra" | "choices">,
  sweep: SweepKind,
): readonly string[] {
  const option = choices.get("hydra/sweeper");
  const isHonoured = sweep === "search" && option === "optuna";
  if (typeof option === "string" && option !== "basic" && !isHonoured)
    return [`hydra/sweeper=${option} has no effect: ${searches[option] ?? all}`];
  const known = new Set(["params", ...shapeSettings, ...searchSettings]);
  return unknownKeys(childOf(hydra, "sweeper"), known)
    .slice(0, 1)
    .map((key) => `hydra.sweeper.${key} has no effect: ${isHonoured ? optunaKeeps : all}`);
}

const all = "`sweepline sweep` runs all combinations of its overrides and of hydra.sweeper.params.";
const optunaKeeps =
  "a search keeps its trials as experiments, and n_trials, direction, sampler and params are read; -j says how many run at once.";

interface Setting {
  /** As it is written, where it is made. */
  found(hydra: ConfigNode, choices: Composition["choices"]): string | undefined;
  readonly instead: string;
}

/** A plugin that is chosen, or values for one. */
function plugin(group: string): Setting["found"] {
  return (hydra, choices) => {
    const option = choices.get(`hydra/${group}`);
    if (typeof option === "string" && option !== "basic") return `hydra/${group}=${option}`;
    const [key] = unknownKeys(childOf(hydra, group), new Set());
    return key === undefined ? undefined : `hydra.${group}.${key}`;
  };
}

/** Keys that are set to something and are none of those known. */
function unknownKeys(node: ConfigNode | undefined, known: ReadonlySet<string>): readonly string[] {
  const isSet = ([key, item]: readonly [Scalar, ConfigNode]): boolean =>
    !known.has(String(key)) && !(item.kind === "scalar" && item.value === null) && !isEmptyNode(item);
  return node?.kind === "map" ? [...node.entries].filter(isSet).map(([key]) => String(key)) : [];
}

/** A value that differs from the one that Hydra itself brings (hydra-own.ts). */
function value(path: readonly string[], own: string | null): Setting["found"] {
  return (hydra) => {
    const node = path.reduce<ConfigNode | undefined>(childOf, hydra);
    const isOwn = node === undefined || (node.kind === "scalar" && (node.value === own || node.value === false));
    return isOwn || isEmptyNode(node) ? undefined : `hydra.${path.join(".")}`;
  };
}

function isEmptyNode(node: ConfigNode): boolean {
  return (node.kind === "map" && node.entries.size === 0) || (node.kind === "list" && node.items.length === 0);
}

const outputs =
  "each experiment runs in a copy of the project, and keeps the outputs that dvc.yaml names (`sweepline exp show`).";

const settings: readonly Setting[] = [
  {
    found: plugin("launcher"),
    instead:
      "`sweepline sweep --jobs N` runs N experiments at once, with --engine slurm as jobs of a cluster; `sweepline matrix` makes jobs for a CI system.",
  },
  { found: value(["sweep", "dir"], "multirun"), instead: outputs },
  { found: value(["sweep", "subdir"], "0"), instead: outputs },
  { found: value(["run", "dir"], "outputs"), instead: outputs },
  { found: value(["job", "chdir"], null), instead: "a stage runs in the folder that its 'wdir' in dvc.yaml names." },
  {
    found: value(["job", "env_set"], null),
    instead: "set the variables in the stage's command, or in your environment.",
  },
  { found: value(["callbacks"], null), instead: "what is to happen before or after goes into a stage's command." },
  {
    found: value(["mode"], null),
    instead: "`sweepline sweep` runs several experiments, `sweepline exp run` one.",
  },
];
