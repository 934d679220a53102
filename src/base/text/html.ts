/** Pages that hold all they need: nothing that comes from a repository becomes markup or a program. */
import { createHash } from "node:crypto";

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text that is no markup, in an element or in the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => references[character] ?? "");
}

/** JSON in an element of its own: nothing in it ends that element. */
export function jsonElement(id: string, plain: unknown): string {
  const text = JSON.stringify(plain).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="${escapeHtml(id)}">${text}</script>`;
}

export interface HtmlDocument {
  readonly title: string;
  /** The only script that may run in it. */
  readonly script: string;
  readonly style: string;
  /** Markup. */
  readonly body: string;
}

/** A whole page, with its script at the end. */
export function htmlDocument({ title, script, style, body }: HtmlDocument): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentPolicy(script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style.replaceAll("</", "<\\/")}</style>
</head>
<body>
${body}
${scriptElement(script)}
</body>
</html>
`;
}

/** A script as part of a page. */
export function scriptElement(text: string): string {
  return `<script>${inlineScript(text)}</script>`;
}

/** `</script` and `<!--` in a text of the script would end it, or hide its end. */
function inlineScript(text: string): string {
  return text.replace(/<(?=\/script|!--)/gi, "\\x3c");
}

/** Lets a page run this script and no other, show its own pictures, and load nothing. */
function contentPolicy(script: string): string {
  const hash = createHash("sha256").update(inlineScript(script)).digest("base64");
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
}
