import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { besides, innerLayers, layers, ownFiles } from "../../scripts/layers.mjs";
import { exitCodes } from "../../src/base/errors.ts";
import { catalog } from "../../src/cli/catalog.ts";
import type { CatalogEntry } from "../../src/cli/catalog-entry.ts";
import { checkout } from "../rig/index.ts";

const documents = [
  ...readdirSync(checkout).filter((name) => name.endsWith(".md")),
  ...readdirSync(path.join(checkout, "docs")).map((name) => `docs/${name}`),
  ...readdirSync(path.join(checkout, "examples")).map((name) => `examples/${name}/README.md`),
].filter((name) => name.endsWith(".md") && existsSync(path.join(checkout, name)));

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

/** All names that can be typed: of commands, and of groups of commands. */
function typedNames(entries: readonly CatalogEntry[], parents: readonly string[] = []): string[] {
  return entries.flatMap((entry) => {
    const words = [...parents, entry.name];
    return [words.join(" "), ...typedNames(entry.commands ?? [], words)];
  });
}

function quotedTexts(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** Back-quoted texts that name a file or folder of the checkout. Refs and what lies beside it are something else. */
function namedPaths(text: string): string[] {
  const paths = quotedTexts(text).filter((quoted) => /^[\w.-]+(\/[\w.-]*)+$|^[\w-]+\.(ts|m?js|json|md)$/.test(quoted));
  return paths.filter((named) => !/^(refs|\.\.)\//.test(named));
}

/** The commands named in the first column of README's table. */
function commandsInReadme(): string[] {
  return tableRows(readDocument("README.md"), "Commands").flatMap((cells) => quotedTexts(cells[0] ?? ""));
}

describe("documents", () => {
  it.each(documents)("%s links to files that exist", (name) => {
    const folder = path.dirname(path.join(checkout, name));
    const broken = relativeLinks(readDocument(name)).filter((target) => !existsSync(path.join(folder, target)));
    expect(broken).toEqual([]);
  });

  it("names every command, or the one it belongs to, in README.md", () => {
    const named = new Set(commandsInReadme());
    const unnamed = commandNames(catalog).filter(
      (command) => !named.has(command) && !named.has(command.split(" ")[0] ?? ""),
    );
    expect(unnamed).toEqual([]);
  });

  it("names no command in README.md that does not exist", () => {
    const known = new Set(typedNames(catalog));
    expect(commandsInReadme().filter((command) => !known.has(command))).toEqual([]);
  });

  it.each(["ARCHITECTURE.md", "CONTRIBUTING.md"])("%s names files and folders that exist", (name) => {
    const paths = namedPaths(readDocument(name));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((named) => !existsSync(path.join(checkout, named)))).toEqual([]);
  });

  it("shows in ARCHITECTURE.md the order of the folders that the linter holds", () => {
    const [, section = ""] = readDocument("ARCHITECTURE.md").split("## Code map");
    const [, block = ""] = section.split(/^```\n/m);
    expect(block.trimEnd().split("\n")).toEqual(layers.map((row) => row.join(", ")));
    for (const { from, to } of besides) expect(section).toContain(`\`${from}\` imports \`${to}\``);
  });

  it("says of every folder of the code what is in it, from top to bottom", () => {
    const [, section = ""] = readDocument("ARCHITECTURE.md").split("## Code map");
    for (const [top, rows] of Object.entries(innerLayers)) {
      const inner = rows.map((row) => row.filter((name) => name !== ownFiles).map((name) => `\`${top}/${name}\``));
      const places = inner.filter((row) => row.length > 0).map((row) => row.map((name) => section.indexOf(name)));
      expect(places.flat().filter((place) => place < 0)).toEqual([]);
      const firsts = places.map((row) => Math.min(...row));
      expect({ top, firsts }).toEqual({ top, firsts: firsts.toSorted((a, b) => a - b) });
    }
    const lines = readDocument("ARCHITECTURE.md").split("\n").length;
    expect(lines).toBeLessThanOrEqual(250);
  });

  it("says of every package why it was taken", () => {
    const { dependencies, devDependencies } = JSON.parse(readDocument("package.json"));
    const reasons = readDocument("docs/decisions.md");
    const unnamed = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !reasons.includes(name));
    expect(unnamed).toEqual([]);
  });

  it("lists the exit codes in README.md", () => {
    const codes = tableRows(readDocument("README.md"), "Exit codes").map((cells) => Number(cells[0]));
    expect(codes).toEqual(Object.values(exitCodes).toSorted((a, b) => a - b));
  });
});
