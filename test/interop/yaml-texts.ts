/** YAML texts in the styles that people and programs write, and some that are broken. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a template of DVC
import fc from "fast-check";

const words = [
  "lr",
  "0.1",
  "1e-3",
  "017",
  "true",
  "no",
  "null",
  "~",
  "a b",
  "data/in.csv",
  "x:y",
  "a#b",
  "é",
  "1_000",
  ".5",
  "-1",
  "0x1F",
  "https://a.b/c?d",
  "-x",
  "?y",
  "a, b",
  "${item}",
  "[q",
  "2.0",
  "\\d+",
  "v1.2",
  "~/x",
  "=",
  "<<",
  "y",
];
const keys = ["lr", "net", "a b", "x-y", "1", "true", "k.v", "é", "'q u'", '"d q"', "a:b", "0.5"];

type Random = (least: number, most: number) => number;

/** One text, made from numbers that are drawn. */
function yamlText(draw: Random): string {
  const pick = <T>(items: readonly T[]): T => items[draw(0, items.length - 1)] as T;
  const chance = (one: number): boolean => draw(1, one) === 1;
  const trailing = (): string => (chance(8) ? pick([" ", "  ", " # note", "  #"]) : "");
  const lines: string[] = [];

  function plain(): string {
    return pick(words);
  }
  /** Further lines of a value, at any indentation from `least` on. */
  function continued(first: string, least: number): string {
    const more = Array.from(
      { length: draw(1, 2) },
      () => " ".repeat(draw(least, least + 4)) + pick(["more", "and so", "1"]),
    );
    return [first, ...(chance(5) ? [""] : []), ...more].join("\n");
  }
  function quoted(indent: number): string {
    const quote = pick(["'", '"']);
    const body = pick(["x", "two words", "a: b # c", "it", "", " led ", "-"]);
    const escaped = quote === '"' ? pick(["", "\\n", "\\u00e9", "\\t", "\\\\"]) : pick(["", "''"]);
    const text = quote + body + escaped;
    if (!chance(4)) return text + quote;
    return continued(text, chance(2) ? indent : indent + 1) + quote;
  }
  function flow(indent: number, depth: number): string {
    const isMap = chance(2);
    const gap = (): string =>
      chance(6) ? `\n${" ".repeat(draw(Math.max(0, indent - 2), indent + 4))}` : pick(["", " "]);
    const items = Array.from({ length: draw(0, 3) }, (_, index) => {
      const inner =
        depth > 0 && chance(4)
          ? flow(indent, depth - 1)
          : chance(4)
            ? quoted(indent).replaceAll("\n", " ")
            : pick(["1", "a", "b c", "0.5", "true", "~"]);
      return isMap ? `k${index}:${pick([" ", " ", "  "])}${inner}` : inner;
    });
    return (
      pick([isMap ? "{" : "["]) + gap() + items.join(`${pick(["", " "])},${gap() || " "}`) + gap() + (isMap ? "}" : "]")
    );
  }
  function blockScalar(indent: number): string {
    const header = pick(["|", ">"]) + pick(["", "-", "+"]);
    const own = " ".repeat(indent + draw(1, 3));
    const body = Array.from({ length: draw(1, 3) }, () => pick(["text", "  deeper", "", "# no comment", "k: v", "'q"]));
    return `${header}${trailing()}\n${["first", ...body].map((line) => (line === "" ? "" : own + line)).join("\n")}`;
  }
  let anchors = 0;
  function value(indent: number, depth: number): string {
    const kind = draw(0, 11);
    if (kind === 0) return quoted(indent);
    if (kind === 1) return flow(indent, depth);
    if (kind === 2) return blockScalar(indent);
    if (kind === 3) return continued(pick(["words", "a b"]), indent + 1);
    if (kind === 4 && chance(2)) return `&a${anchors++} ${plain()}`;
    if (kind === 5 && anchors > 0) return `*a${draw(0, anchors - 1)}`;
    if (kind === 6 && chance(2)) return pick(["!!str 1", "!!int '3'", "!!float 1", "!!null x", "! y"]);
    return plain();
  }
  function comment(): void {
    if (chance(12)) lines.push(pick(["", "# note", "   # far", "  "]));
  }
  function block(indent: number, depth: number): void {
    if (chance(3)) sequence(indent, depth);
    else mapping(indent, depth);
  }
  function mapping(indent: number, depth: number): void {
    const used = new Set<string>();
    for (let count = draw(1, 4); count > 0; count--) {
      const key = pick(keys);
      if (used.has(key) && !chance(20)) continue;
      used.add(key);
      comment();
      const head = `${" ".repeat(indent)}${key}${chance(10) ? pick([" ", "  "]) : ""}:`;
      entry(head, indent, depth);
    }
  }
  function entry(head: string, indent: number, depth: number): void {
    if (depth > 0 && chance(3)) {
      const anchor = chance(10) ? ` &a${anchors++}` : "";
      lines.push(head + anchor + trailing());
      if (chance(3)) sequence(indent + pick([0, 0, 2]), depth - 1);
      else block(indent + draw(1, 4), depth - 1);
    } else if (chance(12)) lines.push(head + trailing());
    else lines.push(`${head}${chance(8) ? "  " : " "}${value(indent, depth)}${trailing()}`);
  }
  function sequence(indent: number, depth: number): void {
    for (let count = draw(1, 3); count > 0; count--) {
      comment();
      const dash = `${" ".repeat(indent)}-`;
      if (depth > 0 && chance(3)) {
        const gap = draw(1, 2);
        const from = lines.length;
        block(indent + 1 + gap, depth - 1);
        const first = lines.findIndex(
          (line, index) => index >= from && line.trim() !== "" && !line.trim().startsWith("#"),
        );
        if (first === from) lines[first] = dash + (lines[first] ?? "").slice(indent + 1);
      } else lines.push(`${dash} ${value(indent, depth)}${trailing()}`);
    }
  }
  if (chance(12)) lines.push(pick(["---", "%YAML 1.1\n---", "%YAML 1.2\n---", "# head", "--- # x"]));
  block(0, 3);
  if (chance(15)) lines.push(pick(["...", "# end", ""]));
  let text = `${lines.join("\n")}${chance(10) ? "" : "\n"}`;
  // Some texts get a slip of the hand.
  if (chance(6)) {
    const at = draw(0, Math.max(0, text.length - 1));
    const slip = pick([" ", "\n", ":", "'", '"', "#", "-", "]", "\t", ", "]);
    text = chance(2) ? text.slice(0, at) + slip + text.slice(at) : text.slice(0, at) + text.slice(at + 1);
  }
  return chance(20) ? text.replaceAll("\n", "\r\n") : text;
}

/** Texts, drawn as fast-check draws. */
export function yamlTexts(count: number, seed: number): readonly string[] {
  return fc
    .sample(fc.infiniteStream(fc.nat()), { numRuns: count, seed })
    .map((stream) => yamlText((least, most) => least + ((stream.next().value as number) % (most - least + 1))));
}
