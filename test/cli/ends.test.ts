/** A command that has printed its error is over: nothing that it started keeps it. */
import { beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import type { CatalogEntry } from "../../src/cli/catalog-entry.ts";
import { makeRepository, type Repository } from "../rig/index.ts";

const files = {
  "params.yaml": "x: 1\n",
  "p.toml": "x = 1\n",
  "p.json": '{"x": 1}\n',
  "q.csv": "a,b\n1,2\n",
  "p.py": "x = 1\nclass A:\n    y = 2\n",
  "dvc.yaml":
    "stages:\n  a:\n    cmd: echo > o\n    params:\n    - params.yaml:\n    - p.toml:\n    - p.json:\n    - p.py:\n    outs: [o]\n",
};

/** Values that a format can't hold, and changes that it can't make: all come after queueing has begun. */
const refused: readonly (readonly string[])[] = [
  ["exp", "run", "--queue", "-S", "p.toml:x=null"],
  ["sweep", "p.toml:x=1,null"],
  ["exp", "run", "--queue", "-S", "p.py:x=nan"],
  ["exp", "run", "--temp", "-S", "p.py:~A"],
  ["exp", "run", "-S", "p.py:~A"],
  ["exp", "run", "--queue", "-S", "p.py:+if=1"],
  ["exp", "run", "--queue", "-S", "p.json:+c={1:2}"],
  ["exp", "run", "--queue", "-S", "nowhere.yaml:x=1"],
  ["exp", "run", "--queue", "-n", "a/b", "-S", "x=1"],
  ["sweep", "-n", "..", "x=1,2"],
  ["exp", "run", "--queue", "nosuchstage"],
  ["matrix", "plan", "x=[1", "-o", "plan.json"],
  ["exp", "apply", "nosuch"],
  ["exp", "branch", "nosuch"],
  ["exp", "compare", "nosuch"],
  ["exp", "diff", "nosuch"],
  ["exp", "effects", "--rev", "nosuch"],
  ["exp", "note", "nosuch"],
  ["exp", "star", "nosuch"],
  ["exp", "tag", "nosuch", "good"],
  ["report", "loss"],
  ["search", "x=1,2", "--metric", "loss"],
  ["sweep", "list", "--nosuch"],
  ["sweep", "show", "nosuch"],
  ["exp", "remove", "nosuch"],
  ["exp", "push", "nowhere", "nosuch"],
  ["studio", "login", "-H", "nowhere"],
  ["studio", "logout"],
  ["studio", "token"],
  ["studio", "status", "--nosuch"],
  ["exp", "pull", "nowhere", "nosuch"],
  ["exp", "bundle", "out.tar", "nosuch"],
  ["exp", "unbundle", "nowhere.tar"],
  ["exp", "export"],
  ["queue", "remove", "nosuch"],
  ["queue", "kill", "nosuch"],
  ["queue", "logs", "nosuch"],
  ["queue", "move", "--first", "nosuch"],
  ["queue", "retry", "nosuch"],
  ["queue", "status", "--nosuch"],
  ["queue", "start", "--jobs", "0"],
  ["queue", "stop", "extra"],
  ["exp", "logs", "nosuch"],
  ["exp", "rename", "nosuch", "b"],
  ["exp", "save", "-n", "a/b"],
  ["exp", "show", "--rev", "nosuch"],
  ["exp", "list", "nowhere"],
  ["exp", "clean", "--older-than", "never"],
  ["exp", "remove"],
  ["exp", "run", "nosuchstage"],
  ["exp", "run", "--temp", "nosuchstage"],
  ["exp", "run", "--run-all", "-S", "x=1"],
  ["exp", "run", "-S", "nosuch=1"],
  ["exp", "run", "-S", "x=[1"],
  ["sweep", "nosuch=1,2"],
  ["sweep", "x=1,2", "--jobs", "0"],
  ["sweep", "--from", "nosuch.csv"],
  ["expand", "x=interval(1,2)"],
  ["parse", "--nosuch"],
  ["completion", "nosuch"],
  ["compose", "--nosuch"],
  ["add", "nosuch"],
  ["add", "dvc.yaml"],
  ["checkout", "nosuch"],
  ["commit", "nosuch"],
  ["fetch", "-r", "nosuch"],
  ["pull", "-r", "nosuch"],
  ["push", "-r", "nosuch"],
  ["config", "nosuch.option", "1"],
  ["dag", "nosuch"],
  ["freeze", "nosuch"],
  ["unfreeze", "nosuch"],
  ["init"],
  ["matrix", "collect", "nosuch.json"],
  ["matrix", "emit", "nosuch.json"],
  ["matrix", "init", "nosuch"],
  ["matrix", "run", "nosuch.json", "0"],
  ["metrics", "show", "--precision", "x"],
  ["metrics", "diff", "nosuch"],
  ["params", "diff", "nosuch"],
  ["plots", "diff", "nosuch"],
  ["plots", "modify", "nosuch"],
  ["plots", "show", "q.csv", "-t", "nosuch"],
  ["plots", "templates", "nosuch"],
  ["remote", "add", "r"],
  ["remote", "default", "nosuch"],
  ["remote", "modify", "nosuch", "url", "x"],
  ["remote", "remove", "nosuch"],
  ["remote", "list", "--nosuch"],
  ["repro", "nosuch"],
  ["stage", "add", "-n", "a", "echo"],
  ["stage", "list", "nosuch"],
  ["status", "nosuch"],
  ["cache", "dir", "--nosuch"],
  ["check-ignore"],
  ["checkpoint"],
  ["data", "status", "--nosuch"],
  ["destroy", "--nosuch"],
  ["diff", "nosuch"],
  ["du", "nosuch"],
  ["exp", "curve", "nosuch"],
  ["gc"],
  ["get", "nosuch", "file"],
  ["import", "nosuch", "file"],
  ["import-url", "nosuch"],
  ["install", "--nosuch"],
  ["list", "nosuch"],
  ["move", "nosuch", "elsewhere"],
  ["remove", "nosuch"],
  ["root", "--nosuch"],
  ["ui", "--port", "nosuch"],
  ["unprotect", "nosuch"],
  ["update", "nosuch"],
  ["doctor", "--nosuch"],
  ["version", "--nosuch"],
];

/** What strikes a command before it begins: files of the project that can't be read. */
const broken: readonly (readonly [file: string, text: string])[] = [
  ["dvc.yaml", "stages: ["],
  ["dvc.yaml", "stages:\n  a:\n    cmd: echo ${x\n"],
  ["dvc.yaml", "stages:\n  a: {cmd: echo, deps: [b], outs: [b]}\n"],
  ["dvc.lock", "schema: '9.9'\n"],
  ["d.dvc", "outs: 1\n"],
  [".dvc/config", "[core\n"],
  ["params.yaml", "x: ["],
];

const working: readonly (readonly string[])[] = [
  ["exp", "run", "-S", "x=2"],
  ["exp", "run", "--temp", "-S", "x=2"],
  ["exp", "run", "--queue", "-S", "x=2,3"],
  ["sweep", "x=2,3"],
  ["matrix", "plan", "x=2,3", "-o", "plan.json"],
  ["repro"],
  ["status"],
  ["exp", "show"],
  ["commit"],
  ["push"],
  ["pull"],
];

function commandNames(entries: readonly CatalogEntry[], parents: readonly string[] = []): string[] {
  return entries.flatMap(({ name, commands, hidden }) => {
    if (commands !== undefined) return commandNames(commands, [...parents, name]);
    return hidden ? [] : [[...parents, name].join(" ")];
  });
}

test("every command is refused something here", () => {
  const called = refused.map((args) => args.join(" "));
  const missing = commandNames(catalog).filter((name) => !called.some((call) => `${call} `.startsWith(`${name} `)));
  expect(missing).toEqual([]);
});

test.each(broken)("a broken %s (%j) ends the command, whichever it is", async (file, text) => {
  const repository = makeRepository({ files });
  repository.write({ [file]: text });
  for (const args of working) {
    const { exitCode, signal, stderr } = await repository.run(args);
    expect([args.join(" "), signal, stderr.includes("unexpected error")]).toEqual([args.join(" "), null, false]);
    if (exitCode !== 0) expect([args.join(" "), stderr]).toEqual([args.join(" "), expect.stringMatching(/^ERROR: /m)]);
  }
});

let repository: Repository;

beforeAll(() => {
  repository = makeRepository({ files });
});

test.each(refused.map((args) => [args.join(" "), args] as const))("%s", async (_words, args) => {
  // The rig's limit ends what hangs, and fails.
  const { exitCode, stderr } = await repository.run(args);
  expect(exitCode).toBeGreaterThan(0);
  expect(stderr).toMatch(/^(ERROR|error): /m);
  expect(stderr).not.toContain("unexpected error");
});
