import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/base/errors.ts";
import { type CatalogEntry, catalog } from "../../src/cli/catalog.ts";
import { checkout } from "../rig/index.ts";

const documents = [
  ...readdirSync(checkout).filter((name) => name.endsWith(".md")),
  ...readdirSync(path.join(checkout, "docs")).map((name) => `docs/${name}`),
  "examples/penguins/README.md",
].filter((name) => name.endsWith(".md"));

function readDocument(name: string): string {
  return readFileSync(path.join(checkout, name), "utf8");
}

/** The targets of Markdown links that are not addresses, without their anchors. What stands in code blocks is no link. */
function relativeLinks(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets.filter((target) => !/^[a-z]+:|^#/.test(target)).map((target) => target.replace(/#.*$/, ""));
}

/** Rows of the tables below a heading, as lists of cells. */
function tableRows(text: string, heading: string): string[][] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** `exp show`, `version`: the full names of the commands that do something. */
function commandNames(entries: readonly CatalogEntry[], parents: readonly string[] = []): string[] {
  return entries.flatMap((entry) => {
    if (entry.hidden) return [];
    const words = [...parents, entry.name];
    return entry.commands === undefined ? [words.join(" ")] : commandNames(entry.commands, words);
  });
}

describe("documents", () => {
  it.each(documents)("%s links to files that exist", (name) => {
    const folder = path.dirname(path.join(checkout, name));
    const broken = relativeLinks(readDocument(name)).filter((target) => !existsSync(path.join(folder, target)));
    expect(broken).toEqual([]);
  });

  it("names every command, or the one it belongs to, in README.md", () => {
    const cells = tableRows(readDocument("README.md"), "Commands").map((cells) => cells[0] ?? "");
    const named = new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "")));
    const unnamed = commandNames(catalog).filter(
      (command) => !named.has(command) && !named.has(command.split(" ")[0] ?? ""),
    );
    expect(unnamed).toEqual([]);
  });

  it("lists the exit codes in README.md", () => {
    const codes = tableRows(readDocument("README.md"), "Exit codes").map((cells) => Number(cells[0]));
    expect(codes).toEqual(Object.values(exitCodes).toSorted((a, b) => a - b));
  });
});
