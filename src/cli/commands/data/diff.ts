import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { pythonJson } from "../../../base/python.ts";
import type { Value } from "../../../base/value.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import type { DataChange } from "../../../experiments/show/data-changes.ts";
import { type DataDiff, diffData } from "../../../experiments/show/data-diff.ts";
import { openProject } from "../../../project/open.ts";
import { toMarkdown } from "../../../report/markdown.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { targetsFrom } from "../../options/targets.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly targets?: readonly string[];
  readonly json?: boolean;
  readonly md?: boolean;
  readonly showHash?: boolean;
  readonly hideMissing?: boolean;
}

const examples = `
Examples:
  sweepline diff                      the workspace and the last commit
  sweepline diff v1 main --md         two commits, as a table in Markdown
`;

interface Entry {
  readonly path: string;
  readonly oldPath?: string | undefined;
  readonly hash: readonly [string, ...string[]];
}

type Group = readonly [state: string, entries: readonly Entry[]];

const states = ["added", "deleted", "renamed", "modified"] as const;

function entryOf({ kind, path, oldPath, old, new: now }: DataChange): Entry {
  const hash = kind === "modified" ? ([old ?? "", now ?? ""] as const) : ([old ?? now ?? ""] as const);
  return { path, oldPath, hash };
}

function groupsOf({ changes, notInCache }: DataDiff, missing: "show" | "hide"): readonly Group[] {
  const groups = states.map((state): Group => [state, changes.filter(({ kind }) => kind === state).map(entryOf)]);
  const lacking = notInCache.map(([path, md5]): Entry => ({ path, hash: [md5] }));
  return missing === "show" ? [...groups, ["not in cache", lacking]] : groups;
}

function shownPath({ path, oldPath }: Entry): string {
  return oldPath === undefined ? path : `${oldPath} -> ${path}`;
}

function shownHash({ hash }: Entry): string {
  return hash.map((md5) => md5.slice(0, 8)).join("..");
}

const jsonOrder = ["added", "deleted", "modified", "renamed", "not in cache"];

function toJson(groups: readonly Group[], { showHash }: Flags): string {
  const jsonOf = (entry: Entry): Value => {
    const { path, oldPath, hash } = entry;
    const names: Value =
      oldPath === undefined
        ? path
        : new Map([
            ["old", oldPath],
            ["new", path],
          ]);
    const [old, now] = hash;
    const hashes: Value =
      now === undefined
        ? old
        : new Map([
            ["old", old],
            ["new", now],
          ]);
    return new Map<string, Value>([["path", names], ...(showHash ? [["hash", hashes] as const] : [])]);
  };
  const found = new Map(groups);
  const parts = jsonOrder.flatMap((state) => {
    const entries = found.get(state);
    return entries === undefined ? [] : [[state, entries.map(jsonOf)] as const];
  });
  return pythonJson(groups.every(([, entries]) => entries.length === 0) ? new Map() : new Map<string, Value>(parts));
}

function markdown(groups: readonly Group[], { showHash }: Flags): string {
  const names = showHash ? ["Status", "Hash", "Path"] : ["Status", "Path"];
  const rows = groups.flatMap(([state, entries]) =>
    entries.map((entry) => (showHash ? [state, shownHash(entry), shownPath(entry)] : [state, shownPath(entry)])),
  );
  return toMarkdown({
    columns: names.map((name) => ({ name, kind: "label" })),
    rows: rows.map((cells) => ({ cells, emphasis: "plain" })),
  });
}

function printGroups(io: Io, groups: readonly Group[], { showHash }: Flags): void {
  for (const [state, entries] of groups.filter(([, each]) => each.length > 0)) {
    print(io, `${state[0]?.toUpperCase()}${state.slice(1)}:`);
    for (const entry of entries) print(io, `    ${showHash ? `${shownHash(entry)}  ` : ""}${shownPath(entry)}`);
    print(io, "");
  }
  // Folders are their files.
  const counts = groups.map(([state, entries]) => [state, entries.filter(({ path }) => !path.endsWith("/")).length]);
  const counted = counts.filter(([, count]) => count !== 0).map(([state, count]) => `${count} ${state}`);
  if (counted.length > 0) print(io, `files summary: ${counted.join(", ")}`);
}

async function run(io: Io, revisions: { readonly old: string; readonly new: string | undefined }, flags: Flags) {
  const project = openProject(io.cwd);
  const state = projectState(project);
  try {
    const targets = targetsFrom({ project, folder: io.cwd }, flags.targets);
    const request = { ...revisions, cache: openCache(project, { state }), targets };
    const diff = await failedWith(1, "failed to get diff", () => diffData(openExperiments(project), request));
    const groups = groupsOf(diff, flags.hideMissing || revisions.new !== undefined ? "hide" : "show");
    if (flags.json) printJson(io, toJson(groups, flags));
    else if (flags.md) io.stdout.write(markdown(groups, flags));
    else printGroups(io, groups, flags);
  } finally {
    state.close();
  }
}

/** `sweepline diff [OLD] [NEW]` */
export const command: CommandFactory = (io, finish) =>
  new Command("diff")
    .description("Show which tracked data was added, changed, renamed or deleted.")
    .argument("[old]", "a commit", "HEAD")
    .argument("[new]", "another one; default: the workspace")
    .option("--targets <paths...>", "only these, and what is in them")
    .option("--json", "print as JSON")
    .option("--md", "print as a table in Markdown")
    .option("--show-hash", "print hashes too")
    .option("--hide-missing", "do not list what the cache lacks")
    .addHelpText("after", examples)
    .action(async (old: string, now: string | undefined, flags: Flags) => {
      await run(io, { old, new: now }, flags);
      finish(exitCodes.ok);
    });
