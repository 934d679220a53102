/** `WARNING: ...` and `HINT: ...` on stderr: on a terminal lines end between words. */

/** Words, and commands in backquotes, which are copied as a whole. */
const pieces = /`[^`\n]*`\S*|\S+/g;

/** Without a package that measures texts, which each command would load: wide characters are counted as one. */
function wrapped(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const [indent = ""] = /^\s*/.exec(line) ?? [];
  const lines: string[] = [];
  let current = "";
  for (const piece of line.match(pieces) ?? []) {
    const longer = current === "" ? indent + piece : `${current} ${piece}`;
    if (current !== "" && longer.length > columns) {
      lines.push(current);
      current = indent + piece;
    } else current = longer;
  }
  return [...lines, current].join("\n");
}

/** Safe to show already. What is read by programs has one line for each. */
export function noticeText(stream: Pick<NodeJS.WriteStream, "isTTY" | "columns">, text: string): string {
  const { columns } = stream;
  if (!stream.isTTY || !columns) return `${text}\n`;
  return `${text
    .split("\n")
    .map((line) => wrapped(line, columns))
    .join("\n")}\n`;
}
