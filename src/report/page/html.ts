/** Experiments as one page that holds all it needs. */
import { contentPolicy, escapeHtml, jsonElement, scriptElement } from "../../base/text/html.ts";
import type { PageData } from "./contract.ts";

export interface PageParts {
  /** The program of the page. */
  readonly script: string;
  readonly style: string;
}

/** The element that the page's program reads its data from. */
const dataElement = "page-data";

export function reportPage(data: PageData, { script, style }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentPolicy(script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)}</title>
<style>${style.replaceAll("</", "<\\/")}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page is drawn by a script that it holds: allow scripts for it.</noscript>
${jsonElement(dataElement, data)}
${scriptElement(script)}
</body>
</html>
`;
}
