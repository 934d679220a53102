/** A repository of strangers' names: whatever lists, shows, compares or refuses them sends no control character. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";

/** Erase the screen (7 and 8 bits), turn the direction, nothing seen, a tag; a title; a CI system's command. */
const evil = "\u001b[2J\u009b2J\u202e\u200b\u{e0041}\u001b]0;t\u0007";
/** What Git takes as a part of a ref. */
const evilRef = "r\u009b2J\u202e\u200bl\u0430rge";
const secret = "hunter2";

/** Between double quotes, as YAML takes it. */
function inQuotes(text: string): string {
  return JSON.stringify(text).replaceAll("\u009b", "\\u009b");
}

const quoted = inQuotes(`k${evil}`);
const files = {
  "params.yaml": `x: 1\n${quoted}: ${quoted}\n`,
  [`p${evil}.yaml`]: "y: 1\n",
  "m.json": JSON.stringify({ [`m${evil}`]: 1, [`=1+2${evil}`]: `<b>|${evil}` }),
  "dvc.yaml": [
    "stages:",
    "  a:",
    "    cmd: cat evil.txt | tee o",
    `    desc: ${quoted}`,
    `    params: [x, ${inQuotes(`p${evil}.yaml`)}: [y]]`,
    "    outs: [o]",
    "metrics: [m.json]",
    "",
  ].join("\n"),
  "evil.txt": `${evil}\n`,
  ".dvc/config": `['remote "r${evilRef}"']\n    url = https://me:${secret}@host/p${evilRef}\n[core]\n    remote = r${evilRef}\n`,
};

let repository: Repository;

beforeAll(async () => {
  repository = makeRepository();
  repository.write(files);
  repository.commit(`m${evil}`);
  repository.write({ [`d${evil}`]: "data" });
  await repository.succeed(["add", `d${evil}`]);
  const head = repository.git("rev-parse", "HEAD");
  for (const name of [evilRef, `${evilRef}2`]) {
    writeFileSync(path.join(repository.folder, "params.yaml"), `x: ${name.length}\n${quoted}: ${quoted}\n`);
    const tree = repository.git("stash", "create");
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`, tree);
    repository.git("checkout", "--quiet", "params.yaml");
  }
  repository.git("branch", evilRef);
  repository.git("init", "--quiet", "--bare", "../remote");
  repository.git("push", "--quiet", "../remote", "refs/exps/*:refs/exps/*");
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=7"]);
  await repository.succeed(["exp", "run", "--run-all"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "w", "-S", "x=8"]);
});

const formats = (args: readonly string[], flags: readonly string[]) => [args, ...flags.map((flag) => [...args, flag])];

const commands: readonly (readonly string[])[] = [
  ...formats(["exp", "show", "-A"], ["--json", "--csv", "--md", "--only-changed"]),
  ...formats(["exp", "list", "-A"], ["--json", "--name-only", "--ref"]),
  ["exp", "list", "-A", "../remote"],
  ...formats(["exp", "diff", `${evilRef}`, `${evilRef}2`], ["--json", "--md", "--all"]),
  ...formats(["metrics", "show"], ["--json", "--md"]),
  ...formats(["metrics", "diff", "--all"], ["--json", "--md"]),
  ...formats(["params", "diff", evilRef], ["--json", "--md"]),
  ...formats(["status"], ["--json"]),
  ...formats(["dag"], ["--dot", "--md"]),
  ...formats(["stage", "list", "--all"], ["--name-only"]),
  ...formats(["queue", "status"], ["--json"]),
  ["queue", "logs", "q"],
  ["exp", "logs", "q"],
  ["remote", "list"],
  ["config", "--list"],
  ["doctor"],
  ["exp", "apply", evilRef],
  ["exp", "branch", evilRef, "b"],
  ["exp", "pull", "../remote", "-A"],
  ["exp", "push", "../remote", "-A"],
  ["exp", "push", `https://me:${secret}@127.0.0.1:1/x`, "-A"],
  ["exp", "rename", evilRef, `${evilRef}3`],
  ["exp", "remove", `${evil}`],
  ["exp", "remove", "-A"],
  ["queue", "remove", evil],
  ["exp", "run", "--queue", "-S", `${evil}=1`],
  ["exp", "run", "--queue", "-n", evil],
  ["stage", "add", "-n", evil, "echo"],
  ["add", `nosuch${evil}`],
  ["repro", `nosuch${evil}`],
  ["fetch"],
  ["push", "-r", evil],
  [`nosuch${evil}`],
  ["exp", "show", `--${evil}`],
  ["expand", `a=1,${evil}`],
  ["parse", `a=${evil}`],
];

const control = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u;

describe("no control character comes out of", () => {
  test.each(commands.map((args) => [args.join(" ").replace(/[^ -~]/gu, "?"), args] as const))(
    "%s",
    async (_words, args) => {
      const { stdout, stderr, exitCode } = await repository.copy().run(args);
      expect(exitCode).not.toBeNull();
      for (const text of [stdout.replaceAll("\r\n", "\n"), stderr]) {
        expect(control.exec(text)?.[0]?.codePointAt(0)?.toString(16)).toBeUndefined();
        expect(text).not.toContain(secret);
        expect(text).not.toContain("unexpected error");
      }
      if (args.includes("--json")) expect(() => JSON.parse(stdout)).not.toThrow();
    },
  );
});

test("tables for Markdown, HTML and spreadsheets hold no markup and no formula", async () => {
  const md = await repository.succeed(["exp", "show", "-A", "--md"]);
  expect(md).not.toMatch(/<b>|<b>\|/);
  const csv = await repository.succeed(["exp", "show", "-A", "--csv"]);
  expect(csv).not.toMatch(/(?:^|,)"?[=+@]/m);
  expect(csv).not.toContain("NaN");
});
