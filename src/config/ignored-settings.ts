/** Settings of Hydra that do something there and nothing here, each with what to use in its place. */
import type { Scalar } from "../base/value.ts";
import { childOf } from "./node.ts";
import type { Composition, ConfigNode } from "./types.ts";

/** One line for each such setting that a config or an override makes; empty where there are none. */
export function ignoredSettings({ hydra, choices }: Composition): readonly string[] {
  return settings.flatMap(({ found, instead }) => {
    const what = found(hydra, choices);
    return what === undefined ? [] : [`${what} has no effect: ${instead}`];
  });
}

interface Setting {
  /** As it is written, where it is made. */
  found(hydra: ConfigNode, choices: Composition["choices"]): string | undefined;
  readonly instead: string;
}

/** A plugin that is chosen, or values for one. `known` keys mean something here. */
function plugin(group: string, known: readonly string[]): Setting["found"] {
  return (hydra, choices) => {
    const option = choices.get(`hydra/${group}`);
    if (typeof option === "string" && option !== "basic") return `hydra/${group}=${option}`;
    const node = childOf(hydra, group);
    const isSet = ([key, item]: readonly [Scalar, ConfigNode]): boolean =>
      !known.includes(String(key)) && !(item.kind === "scalar" && item.value === null) && !isEmptyNode(item);
    const key = node?.kind === "map" ? [...node.entries].find(isSet)?.[0] : undefined;
    return key === undefined ? undefined : `hydra.${group}.${String(key)}`;
  };
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
    found: plugin("launcher", []),
    instead:
      "`sweepline sweep --jobs N` runs N experiments at once; `sweepline matrix` makes jobs for a CI system or Slurm.",
  },
  {
    found: plugin("sweeper", ["params"]),
    instead: "`sweepline sweep` runs all combinations of its overrides and of hydra.sweeper.params.",
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
