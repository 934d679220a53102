/**
 * What is printed of a sweep over strangers' texts: names, notes, parameters, metrics and words that are escapes, formulas, HTML, pipes
 * and marks of direction, in every table and format. No terminal, spreadsheet, browser or Markdown reader obeys any of them.
 */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { binary, makeRepository, type Repository } from "../rig/index.ts";

const texts = [
  "\u001b[2J\u001b]0;t\u0007\u009b2J\u202e\u2066\u200b\u{e0041}",
  '=HYPERLINK("http://x","y")',
  "+1+cmd|' /C calc'!A0",
  "@SUM(1)|-2+3",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "a|b\nc\r| d &lt;",
];
/** What Git takes as a part of a ref. */
const evilName = "=1+1|<b>x\u202e\u200b";

const yaml = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
const metrics = texts.map((text, at) => `${yaml(text)}: ${yaml(texts[(at + 1) % texts.length] ?? "")}\n`).join("");

const files = {
  "params.yaml": "n: 1\nt: plain\n",
  "evil.yaml": metrics,
  "evil.txt": `${texts.join("\n")}\n`,
  "loss.tsv": `step\tloss\n${[0, 1, 2].map((step) => `${step}\t${1 - step / 4}\n`).join("")}`,
  "dvc.yaml": [
    "stages:",
    "  train:",
    "    cmd: \"cat evil.txt; { cat evil.yaml; grep '^n:' params.yaml | sed 's/^n/acc/'; } > m.yaml\"",
    "    params: [n, t]",
    "    metrics: [m.yaml: {cache: false}]",
    "plots: [loss.tsv]",
    "",
  ].join("\n"),
};

let repository: Repository;
let progress: string;

/** Under a stranger's name, with a stranger's note. */
function giveEvilName(ref: string, at: number): void {
  const commit = repository.git("rev-parse", ref);
  repository.git("update-ref", `${ref.slice(0, ref.lastIndexOf("/"))}/${evilName}${at}`, commit);
  repository.git("update-ref", "-d", ref);
  const said = JSON.stringify({ v: 1, text: texts.join(" "), tags: [...texts, `=t|${at}`, "fine"], starred: true });
  const note = repository.git("commit-tree", repository.git("mktree"), "-m", said);
  repository.git("update-ref", `refs/sweepline/notes/${commit.slice(0, 2)}/${commit.slice(2)}`, note);
}

beforeAll(async () => {
  repository = makeRepository({ files });
  const choices = texts.map((text) => `"${text.replaceAll('"', '\\"')}"`).join(",");
  const swept = await repository.run(["sweep", "n=1,2", `t=${choices}`, "-n", "p"]);
  expect(swept.exitCode).toBe(0);
  progress = swept.stdout + swept.stderr;
  for (const [at, ref] of repository.experimentRefs().slice(0, 3).entries()) giveEvilName(ref, at);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "n=3"]);
});

const names = [`${evilName}0`, `${evilName}1`, "p-9"];
const inFormats = (args: readonly string[], ...flags: readonly string[]) => [
  args,
  ...flags.map((flag) => [...args, flag]),
];

const commands: readonly (readonly string[])[] = [
  ...inFormats(["exp", "show"], "--json", "--csv", "--md", "--only-changed"),
  ...inFormats(["exp", "show", "--group-by", "t", "--best", "acc"], "--json", "--csv", "--md"),
  ["exp", "show", "--where", '`=HYPERLINK("http://x","y")` == null or starred or nothing'],
  ["exp", "show", "--columns", "Note,Tags,t"],
  ["exp", "show", ...names, "--curve", "loss"],
  ...inFormats(["exp", "list"], "--json", "--metrics"),
  ...inFormats(["exp", "compare", ...names], "--json", "--csv", "--md"),
  ...inFormats(["exp", "effects", "--metric", "acc"], "--json", "--csv", "--md"),
  ...inFormats(["exp", "diff", ...names], "--json", "--md"),
  ...inFormats(["exp", "note", names[0] ?? ""], "--json"),
  ["exp", "tag", names[0] ?? ""],
  ["exp", "tag", "p-9", texts[4] ?? ""],
  ...inFormats(["sweep", "list"], "--json"),
  ...inFormats(["queue", "status"], "--json"),
  ["queue", "logs", "p-9"],
  ["exp", "logs", "p-9"],
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Cf}|[\u2028\u2029]/u;

function expectHarmless(text: string): void {
  expect(obeyed.exec(text.replaceAll("\r\n", "\n"))?.[0]?.codePointAt(0)?.toString(16)).toBeUndefined();
}

/** Cells of CSV, without their quotes. */
function csvCells(text: string): readonly string[] {
  return (text.match(/"(?:[^"]|"")*"|[^,\r\n]+/g) ?? []).map((cell) =>
    cell.replace(/^"|"$/g, "").replaceAll('""', '"'),
  );
}

/** Each line of a table has as many cells as its header. */
function expectMarkdown(text: string): void {
  const tables = text.split("\n\n").map((part) => part.trim().split("\n"));
  for (const lines of tables) expect(new Set(lines.map((line) => line.match(/(?<!\\)\|/g)?.length)).size).toBe(1);
  expect(text).not.toMatch(/<(?:script|img|b>)/);
}

const shown = (args: readonly string[]) => args.join(" ").replace(/[^ -~]/gu, "?");
const hasScript = spawnSync("script", ["--version"]).status === 0;

describe("nothing is obeyed of what is printed by", () => {
  test("a sweep", () => expectHarmless(progress));

  test.each(commands.map((args) => [shown(args), args] as const))("%s", async (_words, args) => {
    const { stdout, stderr, exitCode } = await repository.run(args);
    expect(exitCode).not.toBeNull();
    // CSV keeps line ends in its quotes.
    const isCsv = args.includes("--csv");
    for (const text of [isCsv ? stdout.replaceAll("\r", "\n") : stdout, stderr]) {
      expectHarmless(text);
      expect(text).not.toContain("unexpected error");
    }
    if (args.includes("--json")) expect(() => JSON.parse(stdout)).not.toThrow();
    if (args.includes("--md")) expectMarkdown(stdout);
    if (isCsv)
      for (const cell of csvCells(stdout)) if (!/^-[\d.]+$/.test(cell)) expect(cell).not.toMatch(/^[=+@\t\r-]/);
  });

  test
    .skipIf(!hasScript)
    .each(
      commands
        .filter((args) => !args.some((arg) => /^--(?:json|csv|md)$/.test(arg)))
        .map((args) => [shown(args), args] as const),
    )("%s, on a terminal", async (_words, args) => {
    const words = [process.execPath, binary, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const command = `stty cols 80 rows 40; DVC_PAGER=cat NO_COLOR=1 ${words.join(" ")} 2>&1`;
    const { stdout, exitCode } = await repository.startProgram("script", ["-qec", command, "/dev/null"]).result();
    expect(exitCode).not.toBeNull();
    expectHarmless(stdout);
    expect(stdout).not.toContain("unexpected error");
  });
});

test("a sweep's command line and its points, and a page", async () => {
  const [sweep] = JSON.parse(await repository.succeed(["sweep", "list", "--json"]));
  for (const args of [
    ["sweep", "show", sweep.id],
    ["sweep", "show", sweep.id, "--json"],
  ])
    expectHarmless(await repository.succeed(args));
  await repository.succeed(["exp", "show", "--html", "report.html"]);
  const page = repository.read("report.html");
  const markup = page.match(/<script>alert\(1\)|<img|<b>/g);
  expect(markup).toBeNull();
});
