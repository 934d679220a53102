/** Plots as one page that holds all it needs: libraries, data, pictures. It asks no other place for anything. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { escapeHtml, htmlDocument, jsonElement, scriptElement } from "../../base/text/html.ts";
import { toPlain, type Value } from "../../base/value.ts";
import type { Picture } from "./match.ts";

/** What is shown below one heading. */
export type PagePlot =
  | { readonly kind: "vega"; readonly name: string; readonly spec: Value }
  | { readonly kind: "image"; readonly name: string; readonly pictures: readonly Picture[] };

const style = `
:root{color-scheme:light dark;font:15px/1.4 system-ui,sans-serif}
body{margin:1.5rem;display:flex;flex-wrap:wrap;gap:1.5rem;align-items:flex-start}
h1{flex-basis:100%;font-size:1.3rem;margin:0}
section{max-width:100%;overflow:auto}
h2{font-size:1rem;margin:0 0 .5rem;overflow-wrap:anywhere}
figure{display:inline-block;margin:0 1rem 1rem 0}
figcaption{overflow-wrap:anywhere}
img{max-width:100%;height:auto;background:#fff}`;

const mediaTypes: Readonly<Record<string, string>> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".gif": "image/gif",
};

function pictureElement({ rev, file, bytes }: Picture): string {
  const type = mediaTypes[path.posix.extname(file)] ?? "image/jpeg";
  const address = `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
  const name = escapeHtml(`${file}, ${rev}`);
  return `<figure><figcaption>${escapeHtml(rev)}</figcaption><img src="${address}" alt="${name}"></figure>`;
}

function plotElement(plot: PagePlot, at: number): string {
  const heading = `<h2>${escapeHtml(plot.name)}</h2>`;
  if (plot.kind === "image") return `<section>${heading}${plot.pictures.map(pictureElement).join("")}</section>`;
  const label = escapeHtml(`plot of ${plot.name}`);
  const place = `<div data-plot="spec-${at}" role="group" aria-label="${label}"></div>`;
  return `<section>${heading}${place}${jsonElement(`spec-${at}`, toPlain(plot.spec))}</section>`;
}

/** Numbered pictures of a folder in their order, after what is drawn. */
function inOrder(plots: readonly PagePlot[]): readonly PagePlot[] {
  const key = ({ kind, name }: PagePlot) => (kind === "vega" ? "" : path.posix.dirname(name));
  return [...plots].sort((a, b) => {
    if (a.kind !== b.kind) return a.kind === "vega" ? -1 : 1;
    if (a.kind === "vega") return 0;
    return key(a).localeCompare(key(b), "en") || a.name.localeCompare(b.name, "en", { numeric: true });
  });
}

export interface PlotsPageParts {
  /** The program that draws, with its libraries. */
  readonly script: string;
  /** The user's page with `{plot_divs}` and `{scripts}` in it; undefined: ours. */
  readonly template: string | undefined;
}

function intoTemplate(template: string, script: string, elements: string): string {
  if (!template.includes("{plot_divs}"))
    throw new SweeplineError({
      code: "PLOT_TEMPLATE",
      message: "HTML template has to contain '{plot_divs}'.",
      hint: "The plots go there, and their program in the place of '{scripts}'.",
    });
  // By functions: what is put in may have `$&` in it.
  return template
    .replaceAll("{refresh_tag}", "")
    .replaceAll("{scripts}", () => scriptElement(script))
    .replaceAll("{plot_divs}", () => elements);
}

/** The whole page. Errors: PLOT_TEMPLATE where the user's has no place for plots. */
export function plotsPage(plots: readonly PagePlot[], { script, template }: PlotsPageParts): string {
  const elements = inOrder(plots).map(plotElement).join("\n");
  if (template !== undefined) return intoTemplate(template, script, elements);
  return htmlDocument({ title: "Plots", script, style, body: `<h1>Plots</h1>\n${elements}` });
}
