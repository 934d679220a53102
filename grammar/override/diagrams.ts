/** The grammar as a page: each rule as EBNF and as nested boxes, each token with its pattern. Made from the parser itself. */
import type { TokenType } from "chevrotain";
import { overrideParser } from "./parse.ts";
import { modes } from "./tokens.ts";

/** What the serialized grammar holds of a node; which fields there are depends on the type. */
interface GrammarNode {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly GrammarNode[];
  readonly separator?: GrammarNode;
}

/** The page, the same text for the same grammar. It refers to nothing outside itself. */
export function renderDiagrams(): string {
  const rules = overrideParser().getSerializedGastProductions() as readonly GrammarNode[];
  const sections = rules.map(
    (rule) => `<section id="${rule.name}">
<h2>${rule.name}</h2>
<pre>${escapeHtml(`${rule.name} = ${ebnf(rule)} ;`)}</pre>
<div class="rule">${boxes(rule)}</div>
</section>`,
  );
  return `${head}\n${sections.join("\n")}\n${tokenTables()}\n</body>\n</html>\n`;
}

const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The override language</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; }
pre { background: #f4f4f4; padding: .5em 1em; overflow-x: auto; }
.rule { overflow-x: auto; padding: .5em 0; }
.sequence { display: inline-flex; align-items: center; gap: .4em; }
.choice { display: inline-flex; flex-direction: column; gap: .4em; border-left: 2px solid; border-right: 2px solid; padding: .2em .5em; }
.optional, .repeat { border: 1px dashed #888; border-radius: .5em; padding: .9em .4em .4em; position: relative; }
.optional::before { content: "optional"; } .repeat::before { content: attr(data-label); }
.optional::before, .repeat::before { position: absolute; top: 0; left: .6em; font-size: .65em; color: #666; }
.token { background: #e3f0ff; border-radius: 1em; padding: .1em .7em; } .call { border: 1px solid #333; padding: .1em .6em; }
.nothing { color: #888; } table { border-collapse: collapse; } td { padding: .15em .8em .15em 0; vertical-align: top; }
</style>
</head>
<body>
<h1>The override language</h1>
<p>Generated from the parser by scripts/diagrams.mjs. Rounded boxes are tokens, square ones are rules. GRAMMAR.md says what it means.</p>`;

function ebnf(node: GrammarNode): string {
  const inner = () => sequence(node.definition ?? []);
  switch (node.type) {
    case "NonTerminal":
    case "Terminal":
      return node.name ?? "";
    case "Alternation":
      return (node.definition ?? []).map((item) => sequence(item.definition ?? [])).join(" | ");
    case "Option":
      return `[ ${inner()} ]`;
    case "Repetition":
      return `{ ${inner()} }`;
    case "RepetitionMandatory":
      return `${inner()}, { ${inner()} }`;
    case "RepetitionWithSeparator":
      return `[ ${inner()}, { ${node.separator?.name}, ${inner()} } ]`;
    default:
      return inner();
  }
}

function sequence(nodes: readonly GrammarNode[]): string {
  if (nodes.length === 0) return "(* nothing *)";
  const needsBrackets = (node: GrammarNode) => node.type === "Alternation" && nodes.length > 1;
  return nodes.map((node) => (needsBrackets(node) ? `( ${ebnf(node)} )` : ebnf(node))).join(", ");
}

function boxes(node: GrammarNode): string {
  const inner = () => boxSequence(node.definition ?? []);
  switch (node.type) {
    case "Terminal":
      return `<a class="token" href="#token-${node.name}">${node.name}</a>`;
    case "NonTerminal":
      return `<a class="call" href="#${node.name}">${node.name}</a>`;
    case "Alternation":
      return `<span class="choice">${(node.definition ?? []).map((item) => boxSequence(item.definition ?? [])).join("")}</span>`;
    case "Option":
      return `<span class="optional">${inner()}</span>`;
    case "Repetition":
      return `<span class="repeat" data-label="any number">${inner()}</span>`;
    case "RepetitionMandatory":
      return `<span class="repeat" data-label="one or more">${inner()}</span>`;
    case "RepetitionWithSeparator":
      return `<span class="repeat" data-label="any number, between them ${node.separator?.name}">${inner()}</span>`;
    default:
      return inner();
  }
}

function boxSequence(nodes: readonly GrammarNode[]): string {
  const items = nodes.length === 0 ? '<span class="nothing">nothing</span>' : nodes.map(boxes).join("");
  return `<span class="sequence">${items}</span>`;
}

function tokenTables(): string {
  const tables = Object.entries(modes).map(
    ([mode, tokens]) => `<h2>Tokens of the mode "${mode}"</h2>
<p>In the order of trying.</p>
<table>
${tokens.map(tokenRow).join("\n")}
</table>`,
  );
  return `${tables.join("\n")}\n<h2>Groups of tokens</h2>\n<table>\n${categoryRows()}\n</table>`;
}

function tokenRow(token: TokenType): string {
  const { PATTERN: pattern } = token;
  const words = pattern instanceof RegExp ? `<code>${escapeHtml(pattern.source)}</code>` : "scanned by hand: scan.ts";
  return `<tr id="token-${token.name}"><td>${token.name}</td><td>${words}</td></tr>`;
}

function categoryRows(): string {
  const members = new Map<string, string[]>();
  for (const token of new Set(Object.values(modes).flat()))
    for (const category of token.CATEGORIES ?? [])
      members.set(category.name, [...(members.get(category.name) ?? []), token.name]);
  const rows = [...members].map(
    ([name, names]) => `<tr id="token-${name}"><td>${name}</td><td>${names.join(" | ")}</td></tr>`,
  );
  return rows.join("\n");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
