/** Experiments as one page that holds all it needs. */
import { htmlDocument, jsonElement } from "../../base/text/html.ts";
import type { PageData } from "./contract.ts";

export interface PageParts {
  /** The program of the page. */
  readonly script: string;
  readonly style: string;
}

/** The element that the page's program reads its data from. */
const dataElement = "page-data";

export function reportPage(data: PageData, parts: PageParts): string {
  const body = `<div id="page"></div>
<noscript>This page is drawn by a script that it holds: allow scripts for it.</noscript>
${jsonElement(dataElement, data)}`;
  return htmlDocument({ title: data.title, body, ...parts });
}
