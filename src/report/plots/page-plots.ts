/** Matched plots as what a page shows of them, each filled into its template. */

import type { Value } from "../../base/value.ts";
import { unknownTemplate } from "../../experiments/plots/user-templates.ts";
import type { MatchedPlots } from "./match.ts";
import type { PagePlot } from "./page.ts";
import { type FindTemplate, plainToValue, vegaSpec } from "./render.ts";
import { defaultTemplate, plotTemplates } from "./templates.ts";

/** @param own the user's template of a name, which comes first. The finder's errors: PLOT_TEMPLATE, those of `own`. */
export function templateFinder(own: (name: string) => Promise<Value | undefined>): FindTemplate {
  return async (name = defaultTemplate) => {
    const found = await own(name);
    if (found !== undefined) return found;
    const known = Object.hasOwn(plotTemplates, name) ? plotTemplates[name] : undefined;
    if (known === undefined) throw unknownTemplate(name, Object.keys(plotTemplates));
    return plainToValue(known);
  };
}

/** Those that have something to show. Errors: those of the finder. */
export async function pagePlots({ plots }: MatchedPlots, find: FindTemplate): Promise<readonly PagePlot[]> {
  const shown: PagePlot[] = [];
  for (const plot of plots) {
    if (plot.kind === "image") {
      if (plot.pictures.length > 0) shown.push(plot);
      continue;
    }
    const { content } = await vegaSpec(plot, find);
    if (plot.points.length > 0) shown.push({ kind: "vega", name: plot.name, spec: content });
  }
  return shown;
}
