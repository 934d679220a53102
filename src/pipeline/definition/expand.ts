/** From the stages as written to the stages that run: templates filled in, foreach and matrix multiplied out. */
import { isMap, type Value, type ValueMap } from "../../base/value.ts";

/** The values of a parameter file (absolute path), the same object as long as the file is the same; undefined where there is none. */
export type ReadTemplateFile = (file: string) => Value | undefined;

export interface DefinitionSource {
  /** dvc.yaml, relative to the project's root. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  readonly data: ValueMap;
  readonly read: ReadTemplateFile;
}

export interface ExpandedStage {
  readonly name: string;
  readonly definition: ValueMap;
}

export interface ExpandedFile {
  readonly stages: readonly ExpandedStage[];
  /** Names of the stages that a foreach or matrix entry stands for. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly top: {
    readonly params: Value | undefined;
    readonly metrics: Value | undefined;
    readonly plots: Value | undefined;
    readonly artifacts: Value | undefined;
  };
}

export function expandDefinitions(source: DefinitionSource): ExpandedFile {
  const { data } = source;
  const definitions = data.get("stages");
  const stages: ExpandedStage[] = [];
  if (isMap(definitions))
    for (const [name, definition] of definitions)
      if (isMap(definition)) stages.push({ name: String(name), definition });
  return {
    stages,
    groups: new Map(),
    top: {
      params: data.get("params"),
      metrics: data.get("metrics"),
      plots: data.get("plots"),
      artifacts: data.get("artifacts"),
    },
  };
}
