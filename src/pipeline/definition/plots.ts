/** The plots that a dvc.yaml lists at its top. */
import { isMap, type Value } from "../../base/value.ts";
import type { PipelineFile } from "./load.ts";

export interface TopPlot {
  /** A file or a folder of them, relative to the folder of the dvc.yaml. */
  readonly file: string;
  /** The column of the horizontal axis; undefined: it names none. */
  readonly x: string | undefined;
}

/** `x: step`, or `x: {file: step}`. */
function axisOf(x: Value | undefined, file: string): string | undefined {
  const named = isMap(x) ? x.get(file) : x;
  return typeof named === "string" ? named : undefined;
}

/** The files and folders, in the order of the list. With `y: {file: column}` an entry's name is a title, the files are in `y`. */
export function topPlots({ plots }: Pick<PipelineFile, "plots">): readonly TopPlot[] {
  return plots.flatMap((plot): TopPlot[] => {
    if (typeof plot === "string") return [{ file: plot, x: undefined }];
    if (!isMap(plot)) return [];
    return [...plot].flatMap(([id, properties]): TopPlot[] => {
      const [x, y] = isMap(properties) ? [properties.get("x"), properties.get("y")] : [];
      const files = isMap(y) ? [...y.keys()].map(String) : [String(id)];
      return files.map((file) => ({ file, x: axisOf(x, file) }));
    });
  });
}
