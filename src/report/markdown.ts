import { visible, visibleLines } from "../base/text/visible.ts";
import { drawTable, type Markup, type Table } from "./table.ts";

/** Most cells: numbers, words, names in the tree. None of the characters that mean something, here or on a terminal. */
const plain = /^(?:[├└]── )?[\w.+-]+(?:[ ,]+[\w.+[\]-]+)*$/;

/** What starts a column, an HTML tag, a link or an image does not. */
function escapeMarkdown(text: string): string {
  if (plain.test(text)) return text;
  return visible(
    visibleLines(text.trim())
      .replace(/(\\*)\|/g, "$1$1\\|")
      .replace(/<(?=[A-Za-z/!?])/g, "&lt;")
      .replaceAll("](", "]\\(")
      .replace(/\r\n|\n|\r/g, "<br>"),
  );
}

function markdownLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const markup: Markup = {
  escape: escapeMarkdown,
  headerRoom: 2,
  alignment: () => "left",
  header: markdownLine,
  row: markdownLine,
  below: (widths) => `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
};

/** A GitHub table, padded as DVC pads it, and the empty line that ends one. */
export function toMarkdown(table: Table): string {
  return `${drawTable(table, markup)}\n`;
}
