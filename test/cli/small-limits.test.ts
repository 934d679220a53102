/** Few descriptors, small files, a full disk: each kind of command says so, ends with a code of its own, and loses nothing. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binary, makeTemporaryFolder, Repository } from "../rig/index.ts";
import { experimentFiles, experimentNames } from "./exp-project.ts";

/** One of each kind: reads, asks Git, changes files, refs, data, the queue, runs, talks to remotes, plans. */
const commands: readonly (readonly string[])[] = [
  ["status"],
  ["repro", "--force"],
  ["add", "data"],
  ["commit", "--force"],
  ["push"],
  ["pull"],
  ["exp", "list"],
  ["exp", "show"],
  ["exp", "run", "--queue", "-S", "x=8"],
  ["exp", "run", "--temp", "-S", "x=9"],
  ["exp", "save", "-n", "saved"],
  ["exp", "apply", "s-1"],
  ["exp", "branch", "s-1", "made"],
  ["exp", "push", "origin", "s-1"],
  ["exp", "pull", "origin", "s-1"],
  ["exp", "rename", "s-1", "other"],
  ["exp", "remove", "s-2"],
  ["exp", "clean"],
  ["queue", "status"],
  ["queue", "start"],
  ["sweep", "x=20,21"],
  ["doctor", "--fix"],
  ["config", "core.autostage", "true"],
  ["freeze", "copy"],
  ["matrix", "plan", "x=1,2", "-o", "plan.json"],
  ["init", "--force"],
];

/** 0 and 1: it did its work without what it lacked; 2: of matrix. A signal would be above 128, and below 254. */
const codes = [0, 1, 2, 75, 255];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) execFileSync("umount", ["-l", folder]);
});

/** Only root may mount, and not in every container. */
function mountDisk(size: string): string | undefined {
  const folder = path.join(makeTemporaryFolder(), "disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  folders.push(folder);
  return folder;
}

const disk = mountDisk("24m");

async function fillProject(repository: Repository): Promise<void> {
  repository.write({ ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n", ...experimentFiles });
  repository.write({ "data/a": "a\n", "data/b": "b\n" });
  repository.git("init", "--quiet");
  repository.git("init", "--quiet", "--bare", "../bare");
  repository.git("remote", "add", "origin", "../bare");
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  mkdirSync(path.join(repository.root, "store"));
  await repository.succeed(["add", "data"]);
  repository.commit("start");
  await repository.succeed(["sweep", "-n", "s", "x=2,3"]);
}

let made: Repository;
beforeAll(async () => {
  made = new Repository(makeTemporaryFolder());
  await fillProject(made);
});

interface Kept {
  readonly data: string;
  readonly experiments: readonly string[];
}

function kept(repository: Repository): Kept {
  expect(repository.git("fsck", "--connectivity-only")).not.toContain("missing");
  const experiments = experimentNames(repository).filter((name) => /^s-\d$|^other$/.test(name));
  return { data: repository.read("data/a") + repository.read("data/b"), experiments };
}

/** Under a limit of the shell's; what is printed goes through pipes, which no limit is for. */
async function limited(repository: Repository, limit: string, args: readonly string[]) {
  const words = [`ulimit ${limit}; exec "$0" "$@"`, process.execPath, binary, ...args];
  return repository.startProgram("sh", ["-c", ...words]).result();
}

function check(args: readonly string[], { exitCode, stdout, stderr }: Awaited<ReturnType<typeof limited>>): void {
  const said = `${args.join(" ")}: ${exitCode}\n${stdout}\n${stderr}`;
  expect(codes, said).toContain(exitCode);
  expect(stdout + stderr, said).not.toMatch(/unexpected error|TypeError|^ {4}at |interrupted/m);
  if (exitCode === 255) expect(stderr, said).toMatch(/^ERROR: /m);
}

/** Those that get farther before they lack something. */
const long = commands.filter(([name]) => /^(?:repro|add|exp|sweep)$/.test(name ?? "")).filter((_, at) => at % 2 === 0);

/** 20, or as many as this Node needs to load a program at all. */
function fewDescriptors(): number {
  const starts = (count: number) =>
    spawnSync("sh", ["-c", `ulimit -n ${count}; exec "$0" "$@"`, process.execPath, binary, "version"]).status === 0;
  const few = [20, 21, 22, 23, 24, 25, 26].find(starts);
  if (few === undefined) throw new Error("Node does not start with 26 descriptors");
  return few;
}

const few = fewDescriptors();
const tried = [
  ...commands.map((args) => ({ limit: `-n ${few}`, args })),
  ...long.flatMap((args) => [`-n ${few + 6}`, "-f 0"].map((limit) => ({ limit, args }))),
];

test.concurrent.each(tried)("with ulimit $limit: $args", async ({ limit, args }) => {
  const repository = made.copy();
  check(args, await limited(repository, limit, args));
  const { data, experiments } = kept(repository);
  expect(data).toBe("a\nb\n");
  expect(experiments.length).toBeGreaterThanOrEqual(args[1] === "remove" ? 1 : 2);
});

/** A file that leaves so many bytes. */
function fill(file: string, folder: string, free: number): void {
  const text = execFileSync("stat", ["-f", "-c", "%a %S", folder], { encoding: "utf8" });
  const [blocks = 0, size = 0] = text.trim().split(" ").map(Number);
  writeFileSync(file, Buffer.alloc(Math.max(0, blocks * size - free)));
}

describe.skipIf(disk === undefined)("on a disk with little room (needs the right to mount)", () => {
  test.each([
    { free: 0, tries: commands },
    { free: 60 << 10, tries: long },
  ])("$free bytes are free", async ({ free, tries }) => {
    const root = path.join(disk ?? "", String(free));
    mkdirSync(root);
    const repository = new Repository(root);
    await fillProject(repository);
    const ballast = path.join(root, "ballast");
    for (const args of tries) {
      fill(ballast, root, free);
      check(args, await limited(repository, "-n 256", args));
      rmSync(ballast);
      expect(kept(repository).data).toBe("a\nb\n");
    }
    rmSync(root, { recursive: true });
  });
});
