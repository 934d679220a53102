/** The help of every command: an example each, headings where there are many options, JSON where something is listed or done. */
import type { Command } from "commander";
import { expect, test } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import type { CatalogEntry } from "../../src/cli/catalog-entry.ts";
import { groupOptions, helpGroupOf, mostUngrouped } from "../../src/cli/options/help-groups.ts";
import { processIo } from "../../src/cli/terminal/io.ts";

interface Found {
  readonly name: string;
  readonly command: Command;
}

async function commandsBelow(entries: readonly CatalogEntry[], above: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const entry of entries) {
    const words = [...above, entry.name];
    if (entry.load !== undefined && entry.hidden !== true) {
      const command = (await entry.load()).command({ ...processIo(), cwd: "/" }, () => undefined);
      found.push({ name: words.join(" "), command });
    }
    found.push(...(await commandsBelow(entry.commands ?? [], words)));
  }
  return found;
}

const all = await commandsBelow(catalog, []);

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

const shownOptions = ({ command }: Found) => command.options.filter(({ hidden }) => !hidden);

/** It takes a name, or nothing. */
const withoutExample = ["plots templates"];

test("every command has an example, and each example begins with a command that there is", () => {
  const without = all.filter(({ command }) => !/^Examples?\b/m.test(helpOf(command))).map(({ name }) => name);
  expect(without.filter((name) => !withoutExample.includes(name))).toEqual([]);
  const names = new Set(all.map(({ name }) => name));
  for (const { name, command } of all.filter(({ name }) => !withoutExample.includes(name))) {
    const [, examples = ""] = helpOf(command).split(/^Examples?\b.*$/m);
    const used = [...examples.matchAll(/\bsweepline ([a-z-]+)(?: ([a-z-]+))?/g)];
    const unknown = used.filter(([, first = "", second]) => !names.has(first) && !names.has(`${first} ${second}`));
    expect({ name, unknown: unknown.map(([words]) => words) }).toEqual({ name, unknown: [] });
    expect({ name, used: used.some(([words]) => words.startsWith(`sweepline ${name}`)) }).toEqual({ name, used: true });
  }
});

test("the options of a command with many of them stand under headings, all but a few", () => {
  const many = all.filter((each) => shownOptions(each).length > mostUngrouped);
  expect(many.length).toBeGreaterThan(10);
  for (const each of many) {
    const left = shownOptions(each)
      .map(({ long, short }) => long ?? short ?? "")
      .filter((long) => long !== "--quiet" && helpGroupOf(each.name, long) === undefined);
    // A few may stand under "Options:".
    expect({ name: each.name, left: left.length > mostUngrouped / 2 ? left : [] }).toEqual({
      name: each.name,
      left: [],
    });
    groupOptions(each.command, each.name);
    expect(helpOf(each.command).match(/^[A-Z][^\n]*:$/gm)?.length).toBeGreaterThan(2);
  }
});

/** Why not: the exit code says all, the answer is a line or a text as it is, or it is a file or folder that is made. */
const withoutJson: Readonly<Record<string, string>> = {
  "cache dir": "prints a path",
  "check-ignore": "prints the paths that it was given",
  "exp logs": "prints a log as it is",
  "matrix collect": "writes report.json",
  "matrix emit": "prints what the CI system reads, which is JSON or YAML",
  "matrix init": "writes a pipeline file",
  "matrix plan": "writes a plan, which is JSON",
  "matrix run": "writes a bundle with its result",
  "queue logs": "prints a log as it is",
  "queue start": "starts a process: queue status --json tells of it",
  "remote add": "changes the configuration: remote list --json",
  "remote default": "prints a name",
  "remote modify": "changes the configuration: remote list --json",
  "remote remove": "changes the configuration: remote list --json",
  "stage add": "writes a stage: stage list --json",
  add: "writes .dvc files; the exit code says the rest",
  checkpoint: "the exit code is the answer",
  commit: "asks questions; status --json tells what is left",
  completion: "prints or installs a script",
  config: "prints a value as it is",
  dag: "prints graphs in the languages of graphs",
  destroy: "removes all, or nothing",
  freeze: "changes a stage: stage list --json",
  get: "writes a file or folder",
  import: "writes a .dvc file",
  "import-url": "writes a .dvc file",
  init: "makes a project",
  install: "writes hooks",
  move: "moves one output",
  remove: "changes pipeline files; the exit code says the rest",
  repro: "what its stages print is its output; status --json tells what is left",
  "plots modify": "changes a definition: plots show",
  "plots templates": "prints names, or a template as it is",
  report: "writes a text for a pull request",
  root: "prints a path",
  "studio login": "asks for a token; studio status --json",
  "studio logout": "takes a token away; studio status --json",
  "studio token": "prints a token as it is",
  unfreeze: "changes a stage: stage list --json",
  unprotect: "makes files of links; the exit code says the rest",
  update: "writes .dvc files",
};

test("--json is there wherever something is listed or done; the others are listed above with their reason", () => {
  const without = all.filter(({ command }) => !command.options.some(({ long }) => long === "--json"));
  expect(without.map(({ name }) => name).filter((name) => !(name in withoutJson))).toEqual([]);
  const having = all.filter(
    ({ name, command }) => name in withoutJson && !without.some((each) => each.command === command),
  );
  expect(having.map(({ name }) => name)).toEqual([]);
});
