/** The commands of a day with experiments, run in a repository of some kind, and what must hold after each of them. */
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { type Files, type Repository, scriptStage } from "../rig/index.ts";

/** `see.sh` copies what a test is curious about; the metric is the parameter. */
export const projectFiles: Files = {
  "params.yaml": "x: 1   # how much\n",
  "dvc.yaml": scriptStage("see", "see.sh"),
  "see.sh": `x=$(sed -n 's/^x: *\\([0-9]*\\).*/\\1/p' params.yaml)
echo "{\\"score\\": $x}" > m.json
{ echo "x=$x"; cat input.txt; } > out.txt
cat out.txt
`,
  "input.txt": "input\n",
  ".gitignore": "/out.txt\n",
};

/** The same files below a folder. */
export function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [path.posix.join(folder, name), content]));
}

/** One Git work tree, and the project in it. */
export interface Place {
  readonly rig: Repository;
  /** The work tree; relative to the rig's folder. */
  readonly tree: string;
  /** The project; relative to the work tree. */
  readonly project: string;
  readonly env?: Readonly<Record<string, string>>;
}

const split = (text: string) => text.split("\0").filter((part) => part !== "");

export class WorkTree {
  constructor(readonly place: Place) {}

  git(...args: string[]): string {
    return this.place.rig.git("-C", path.join(this.place.rig.folder, this.place.tree), ...args);
  }

  get cwd(): string {
    return path.join(this.place.tree, this.place.project);
  }

  succeed(...args: string[]): Promise<string> {
    return this.place.rig.succeed(args, { cwd: this.cwd, env: this.place.env ?? {} });
  }

  async refusal(...args: string[]): Promise<string> {
    const { exitCode, stderr } = await this.place.rig.run(args, { cwd: this.cwd, env: this.place.env ?? {} });
    expect(exitCode).not.toBe(0);
    return stderr;
  }

  read(file: string): string {
    return this.place.rig.read(path.join(this.cwd, file));
  }

  write(files: Files): void {
    this.place.rig.write(below(this.cwd, files));
  }

  /** A file of an experiment's commit. */
  show(experiment: string, file: string): string {
    return this.git("show", `${this.ref(experiment)}:${path.posix.join(this.place.project, file)}`);
  }

  ref(experiment: string): string {
    const refs = this.git("for-each-ref", "--format=%(refname)", "refs/exps").split("\n");
    return (
      refs.find((ref) => /^refs\/exps\/[0-9a-f]{2}\//.test(ref) && ref.endsWith(`/${experiment}`)) ?? `no-${experiment}`
    );
  }

  /** What an experiment's commit changed. */
  changed(experiment: string): string[] {
    const ref = this.ref(experiment);
    return split(this.git("diff-tree", "-r", "-z", "--name-only", "--no-renames", `${ref}^`, ref));
  }

  /** HEAD, index, refs of the user, and all files but those in .dvc. */
  state(): string {
    const top = path.join(this.place.rig.folder, this.place.tree);
    const files = split(this.git("ls-files", "-z", "--cached", "--others")).filter((name) => !name.includes(".dvc/"));
    return [
      this.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash", "refs/remotes"),
      readFileSync(this.git("rev-parse", "--path-format=absolute", "--git-path", "HEAD"), "utf8"),
      this.git("ls-files", "--stage", "-v", "--debug"),
      this.git("config", "--list", "--show-origin"),
      ...files.map((name) => `${name}: ${contentOf(path.join(top, name))}`),
    ].join("\n");
  }
}

function contentOf(file: string): string {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return "nothing";
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(file)}`;
  return stats.isFile() ? `${stats.mode.toString(8)} ${readFileSync(file, "latin1")}` : "a folder";
}

function resultsOf(tree: WorkTree): string[] {
  return ["dvc.lock", "m.json", "params.yaml"].map((name) => path.posix.join(tree.place.project, name));
}

/** Runs that are to leave the user's own things as they were; `scores` are the results that they must have. */
async function inCopies(tree: WorkTree, scores: Record<string, number>, runs: () => Promise<unknown>): Promise<void> {
  const before = tree.state();
  await runs();
  expect(tree.state()).toBe(before);
  for (const [name, x] of Object.entries(scores)) {
    expect(tree.show(name, "m.json")).toBe(`{"score": ${x}}`);
    expect(tree.show(name, "params.yaml")).toContain(`x: ${x}   # how much`);
    expect(tree.changed(name).sort()).toEqual(resultsOf(tree));
  }
}

/** A run in the workspace, then another experiment over it; HEAD stays. */
async function inWorkspace(tree: WorkTree, applied: readonly [name: string, x: number]): Promise<void> {
  const head = tree.git("rev-parse", "HEAD");
  await tree.succeed("exp", "run", "-n", "here", "-S", "x=6");
  expect(tree.show("here", "m.json")).toBe('{"score": 6}');
  expect(tree.read("m.json")).toBe('{"score": 6}\n');
  const [name, x] = applied;
  await tree.succeed("exp", "apply", name);
  expect(tree.read("m.json")).toBe(`{"score": ${x}}\n`);
  expect(tree.read("out.txt")).toContain(`x=${x}\n`);
  expect(await tree.succeed("repro")).toContain("didn't change, skipping");
  expect(tree.git("rev-parse", "HEAD")).toBe(head);
}

/** A sweep in copies, a run in the workspace, apply and repro: what touches most of Git. */
export async function mainCommands(place: Place): Promise<WorkTree> {
  const tree = new WorkTree(place);
  await inCopies(tree, { "swept-1": 3, "swept-2": 4 }, () => tree.succeed("sweep", "-n", "swept", "x=3,4"));
  await inWorkspace(tree, ["swept-2", 4]);
  return tree;
}

/** mainCommands, and the queue, a temporary run, status, branch and the table. */
export async function allCommands(place: Place): Promise<WorkTree> {
  const tree = await mainCommands(place);
  await inCopies(tree, { queued: 2, temp: 5 }, async () => {
    await tree.succeed("exp", "run", "--queue", "-n", "queued", "-S", "x=2");
    await tree.succeed("exp", "run", "--run-all");
    await tree.succeed("exp", "run", "--temp", "-n", "temp", "-S", "x=5");
  });
  expect(await tree.succeed("status")).toContain("up to date");
  await tree.succeed("exp", "branch", "temp", "from-temp");
  expect(tree.git("rev-parse", "from-temp")).toBe(tree.git("rev-parse", tree.ref("temp")));
  const shown = await tree.succeed("exp", "show", "--csv");
  for (const name of ["queued", "swept-1", "swept-2", "temp", "here"]) expect(shown).toContain(name);
  return tree;
}
