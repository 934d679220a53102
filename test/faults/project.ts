/** The project that faults are tried on: tiny stages, a template that is copied for each run, and the fault's environment. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkout, type Environment, type Files, makeTemporaryFolder, Repository, scriptStage } from "../rig/index.ts";

/** `refuse` and `slow` in the home folder, which no experiment knows of, make the stage fail or take its time. */
const files: Files = {
  ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../store\n",
  ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  ".dvcignore": "",
  ".gitignore": "/out.txt\n",
  "params.yaml": "x: 1   # how much\n",
  "notes.txt": "one\n",
  "stage.sh": `if [ -e "$HOME/refuse" ]; then exit 3; fi
if [ -e "$HOME/slow" ]; then sleep 60; fi
cp params.yaml out.txt
echo "{\\"score\\": $(sed -n 's/^x: \\([0-9]*\\).*/\\1/p' params.yaml)}" > m.json
`,
  "dvc.yaml": scriptStage("copy", "stage.sh"),
};

/** What params.yaml holds in the experiment of a point. */
export const paramsOf = (x: number) => `x: ${x}   # how much\n`;

/** Makes the repository, with changes that a user would not want to lose: in the index, in files, untracked, in a stash. */
export function makeFaultRepository(): Repository {
  const repository = new Repository(makeTemporaryFolder());
  repository.write(files);
  repository.git("init", "--quiet");
  repository.commit("start");
  repository.write({ "notes.txt": "put away\n" });
  repository.git("stash", "push", "--quiet");
  repository.write({ "notes.txt": "two\n", "staged.txt": "staged\n", "untracked.txt": "mine\n" });
  repository.git("add", "staged.txt");
  const remote = path.join(repository.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", remote], { env: repository.env });
  repository.git("remote", "add", "origin", remote);
  return repository;
}

/** A copy of a prepared repository, in a folder of its own. */
export function copyRepository(template: Repository): Repository {
  const repository = template.copy();
  repository.git("remote", "set-url", "origin", path.join(repository.root, "remote.git"));
  repository.git("update-index", "-q", "--refresh", "--", ".");
  return repository;
}

const injector = fileURLToPath(new URL("./inject.mjs", import.meta.url));
const failingGit = fileURLToPath(new URL("./bin", import.meta.url));
let realGit: string | undefined;

/** Whose functions pass calls on: a side effect there comes from whoever called them. */
const passingOn = ["src/base", "src/git"];

let names: string | undefined;

/** The names of those functions and classes, for inject.mjs. */
function plumbing(): string {
  const files = passingOn.flatMap((folder) =>
    readdirSync(path.join(checkout, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => path.join(checkout, folder, name)),
  );
  const pattern = /^(?:export )?(?:async )?(?:function\*?|class) (\w+)/gm;
  return files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(pattern)].map((match) => match[1])).join("\n");
}

/** Where a run's calls are numbered, and what was done at which of them is written. */
export const faultFolder = (repository: Pick<Repository, "root">) => path.join(repository.root, "fault");

/**
 * Variables that make every process of a run load the injector; added to those that it has.
 * @param setting as inject.mjs reads it: `kill:17`
 */
export function faultEnvironment(setting: string, folder: string): Environment {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "calls"), "");
  names ??= plumbing();
  writeFileSync(path.join(folder, "plumbing"), names);
  realGit ??= execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const failing = setting.startsWith("fail:") || setting.startsWith("short:");
  return {
    NODE_OPTIONS: `--import=${pathToFileURL(injector).href}`,
    SWEEPLINE_TEST_FAULT: setting,
    SWEEPLINE_TEST_FOLDER: folder,
    SWEEPLINE_TEST_GIT: realGit,
    ...(failing ? { PATH: `${failingGit}:${process.env.PATH ?? ""}` } : {}),
  };
}
