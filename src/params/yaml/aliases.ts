/** Aliases whose anchor changes or goes away: each gets a copy of the anchor's text, in its style and with its bytes. */
import { plainValue, type Splice } from "../text/located.ts";
import { emitFlow } from "./emit.ts";
import { skipSpaces, trimmedEnd } from "./lines.ts";
import type { AliasUse, YamlNode, YamlTree } from "./parse.ts";

interface Page {
  readonly text: string;
  readonly eol: string;
}

/** The splices that write out the aliases of anchors which `splices` take away. Of several, the first gets the anchor. */
export function detachedAliases(page: Page, tree: YamlTree, splices: readonly Splice[]): Splice[] {
  const isCut = (offset: number): boolean => splices.some((splice) => offset >= splice.start && offset < splice.end);
  const left = tree.aliases.filter(({ start, target }) => isAnchorCut(target, isCut) && !isCut(start));
  const firsts = left.filter((alias, index) => left.findIndex(({ target }) => target === alias.target) === index);
  return firsts.map((alias) => {
    const isShared = left.some((other) => other !== alias && other.target === alias.target);
    return copySplice(page, alias, isShared ? "with anchor" : "alone");
  });
}

function isAnchorCut(target: YamlNode, isCut: (offset: number) => boolean): boolean {
  return target.extra.anchor !== undefined && isCut(target.extra.anchor.start);
}

/** The splices that let aliases keep the value that their anchor has had, where one of the changed nodes is in it. */
export function keptAliases(
  page: Page,
  tree: YamlTree,
  { changed, splices }: { readonly changed: readonly YamlNode[]; readonly splices: readonly Splice[] },
): Splice[] {
  const isChanged = (target: YamlNode): boolean =>
    changed.some((node) => node.start >= target.start && node.end <= target.end);
  const isFree = (alias: AliasUse): boolean =>
    !splices.some((splice) => splice.start < alias.end && splice.end > alias.start) &&
    !tree.merges.some((merge) => alias.start >= merge.start && alias.end <= merge.end);
  return tree.aliases.flatMap((alias) => {
    const isTouched = isChanged(alias.target) && isFree(alias);
    return (isTouched ? copyOf(page, alias, "alone") : undefined) ?? [];
  });
}

type Anchor = "with anchor" | "alone";

function copySplice(page: Page, alias: AliasUse, anchor: Anchor): Splice {
  const { start, end, target } = alias;
  return (
    copyOf(page, alias, anchor) ?? { start, end, text: anchorText(page, alias, anchor) + emitFlow(plainValue(target)) }
  );
}

function anchorText({ text }: Page, { target }: AliasUse, anchor: Anchor): string {
  const span = target.extra.anchor;
  return anchor === "alone" || span === undefined ? "" : `${text.slice(span.start, span.end)} `;
}

/** The alias replaced by its anchor's text; undefined where that text cannot stand in its place as it is. */
export function copyOf(page: Page, alias: AliasUse, anchor: Anchor): Splice | undefined {
  const { target } = alias;
  if (!isSelfContained(target) || target.extra.style === "block-scalar") return undefined;
  return target.extra.style === "block" ? blockCopy(page, alias, anchor) : inlineCopy(page, alias, anchor);
}

/** Without anchors and aliases of its own: their copies would mean something else. */
function isSelfContained(node: YamlNode): boolean {
  if (node.kind === "scalar") return true;
  const children = node.kind === "list" ? node.items : node.entries.map((entry) => entry.node);
  const isMerged = node.extra.merge !== undefined;
  return (
    !isMerged &&
    children.every((child) => !child.isReference && child.extra.anchor === undefined && isSelfContained(child))
  );
}

function inlineCopy(page: Page, alias: AliasUse, anchor: Anchor): Splice | undefined {
  const { start, end, target, holder } = alias;
  const { tag, style } = target.extra;
  const written = page.text.slice(target.start, target.end);
  const isOutOfPlace = holder.kind === "flow" && style === "plain" && /[,[\]{}]/.test(written);
  if (written === "" || /[\r\n]/.test(written) || isOutOfPlace) return undefined;
  const tagText = tag === undefined ? "" : `${page.text.slice(tag.start, tag.end)} `;
  return { start, end, text: anchorText(page, alias, anchor) + tagText + written };
}

/** The lines below a key, with the indentation that the alias's key asks for. */
function blockCopy(page: Page, alias: AliasUse, anchor: Anchor): Splice | undefined {
  const { target, holder } = alias;
  const { column, holder: from, tag } = target.extra;
  const rest = /[^\n]*/.exec(page.text.slice(alias.end))?.[0].trim();
  if (
    from.kind !== "key" ||
    holder.kind !== "key" ||
    holder.valueFrom === undefined ||
    tag !== undefined ||
    rest !== ""
  )
    return undefined;
  const lines = page.text.slice(target.start - column, trimmedEnd(page.text, target.start, target.end)).split("\n");
  const indent = " ".repeat(holder.column + column - from.column);
  const isFit = lines.every((line) => line.trim() === "" || line.slice(0, column).trim() === "");
  if (!isFit) return undefined;
  const shifted = lines.map((line) => (line.trim() === "" ? line : indent + line.slice(column)));
  const lead = anchorText(page, alias, anchor).trimEnd();
  return {
    start: holder.valueFrom,
    end: skipSpaces(page.text, alias.end),
    text: `${lead === "" ? "" : ` ${lead}`}${page.eol}${shifted.join("\n")}`,
  };
}
