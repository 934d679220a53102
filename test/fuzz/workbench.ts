/**
 * Where cases are tried: a repository with something of everything, of which each case changes a part; around it, files that
 * nothing may touch; and a PATH that holds Git alone.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeTemporaryFolder, Repository, scriptStage } from "../rig/index.ts";
import type { Change } from "./change.ts";
import { differences, hashedListing, type Listing, listingOf, putBack } from "./listing.ts";
import { ObjectWriter } from "./objects.ts";

const files = {
  ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../store\n",
  ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  ".dvcignore": "",
  ".gitignore": "/out.txt\n",
  "params.yaml": "x: 1\nlist: [1, 2]\n",
  "stage.sh": `cp params.yaml out.txt\necho '{"score": 1}' > m.json\n`,
  "dvc.yaml": scriptStage("copy", "stage.sh"),
  "data/a.txt": "a\n",
  "data/sub/b.txt": "b\n",
  "file.txt": "file\n",
};

/** With data, a run stage, experiments here and in a remote, a queue entry, a plan and a bundle. */
async function makeTemplate(): Promise<Repository> {
  const repository = new Repository(makeTemporaryFolder());
  const inRoot = (...names: string[]) => path.join(repository.root, ...names);
  repository.write(files);
  mkdirSync(inRoot("store"));
  mkdirSync(inRoot("canary/folder"), { recursive: true });
  writeFileSync(inRoot("canary/file.txt"), "nobody may touch me\n");
  writeFileSync(inRoot("canary/folder/inner.txt"), "nor me\n");
  symlinkSync("file.txt", inRoot("canary/link"));
  repository.git("init", "--quiet", "--template=");
  repository.git("init", "--quiet", "--bare", "--template=", inRoot("remote.git"));
  repository.git("remote", "add", "origin", "../remote.git");
  await repository.succeed(["add", "data", "file.txt"]);
  await repository.succeed(["repro"]);
  repository.commit("start");
  repository.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
  await repository.succeed(["push"]);
  await repository.succeed(["matrix", "plan", "x=7,8", "-n", "p", "-o", "sweep.json"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "e", "-S", "x=2,3"]);
  await repository.succeed(["exp", "run", "--run-all"]);
  mkdirSync(path.join(repository.folder, "bundles"));
  await repository.succeed(["matrix", "run", "--point", "0-1", "--bundle", "bundles/one.bundle"]);
  await repository.succeed(["exp", "remove", "p-1", "p-2"]);
  await repository.succeed(["exp", "push", "origin", "e-1"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=9"]);
  await repository.succeed(["exp", "clean"]);
  return repository;
}

const whereIs = (program: string) =>
  execFileSync("sh", ["-c", `command -v ${program} || true`], { encoding: "utf8" }).trim();

/**
 * The only programs there are: Git, what Git needs to fetch from a folder, and what locks a file for us (flock.ts). Others,
 * where somebody starts them, leave a mark.
 */
function makePrograms(repository: Repository): string {
  const folder = path.join(repository.root, "bin");
  mkdirSync(folder);
  for (const name of ["git", "git-upload-pack", "flock", "perl"]) {
    const real = whereIs(name);
    if (real !== "") symlinkSync(real, path.join(folder, name));
  }
  for (const name of ["touch", "sh", "ssh", "cat", "node"]) {
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> '${repository.root}/programs'\nexit 1\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

/** What no command of the fuzzer has to change in .git. */
const isGuarded = (name: string) => /^\.git\/(hooks|info|config|HEAD|refs\/heads|refs\/tags)(\/|$)/.test(name);
const isOurs = (name: string) => /^(repository|tmp|home|programs)(\/|$)/.test(name);

export class Workbench {
  readonly repository: Repository;
  readonly env: Readonly<Record<string, string>>;
  readonly #template: string;
  readonly #around: Listing;
  readonly #values: Readonly<Record<string, string>>;
  #listing: Listing;

  private constructor(repository: Repository) {
    this.repository = repository;
    this.env = { ...repository.env, PATH: makePrograms(repository), COLUMNS: "120" };
    this.#template = path.join(repository.root, "template");
    execFileSync("cp", ["-a", repository.folder, this.#template]);
    this.#values = this.#findValues();
    this.#around = hashedListing(repository.root, isOurs);
    this.#listing = listingOf(repository.folder);
  }

  static async make(): Promise<() => Workbench> {
    const template = await makeTemplate();
    return () => new Workbench(template.copy());
  }

  #findValues(): Record<string, string> {
    const { repository } = this;
    const head = repository.git("rev-parse", "HEAD");
    const plan = repository.read("sweep.json");
    return {
      HEAD: head,
      BASE: `${head.slice(0, 2)}/${head.slice(2)}`,
      EXPERIMENT: repository.git("rev-parse", repository.experimentRefs()[0] ?? ""),
      BLOB: repository.git("rev-parse", "HEAD:params.yaml"),
      TREE: repository.git("rev-parse", "HEAD^{tree}"),
      PLAN: plan,
      POINT0: /"id":"([0-9a-f]{12})"/.exec(plan)?.[1] ?? "",
      FILE: createHash("md5").update("file\n").digest("hex"),
    };
  }

  /** Makes the repository what the case says. */
  apply(change: Change): void {
    const { folder } = this.repository;
    const values: Record<string, string> = { ...this.#values };
    const fill = (text: string) => text.replace(/@([A-Z]+\d?)@/g, (whole, name: string) => values[name] ?? whole);
    for (const [at, text] of (change.dirs ?? []).entries()) {
      const whole = fill(text);
      const md5 = createHash("md5").update(whole).digest("hex");
      values[`DIR${at}`] = `${md5}.dir`;
      this.repository.write({ [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}.dir`]: whole });
    }
    for (const [file, text] of Object.entries(change.files ?? {})) this.repository.write({ [file]: fill(text) });
    for (const [file, target] of Object.entries(change.links ?? {})) {
      rmSync(path.join(folder, file), { recursive: true, force: true });
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      symlinkSync(target, path.join(folder, file));
    }
    this.#applyToGit(change, fill);
    if (change.bundle !== undefined) this.#applyBundle(fill(change.bundle.head), change.bundle.keep);
  }

  #applyToGit({ commits = [], refs = {} }: Change, fill: (text: string) => string): void {
    const writer = new ObjectWriter(path.join(this.repository.folder, ".git"));
    // A name that is a folder already, as a file, and the other way round: the first one stands.
    const isFree = (ref: string) => !existsSync(path.join(this.repository.folder, ".git", ref));
    const set = (ref: string, text: string) => {
      const [, parent = ""] = /^(.*)\/[^/]+$/.exec(ref) ?? [];
      if ((isFree(ref) || /[0-9]$/.test(ref)) && !/\/fuzz$/.test(isFree(parent) ? "" : parent)) writer.ref(ref, text);
    };
    for (const commit of commits) {
      const filled = JSON.parse(fill(JSON.stringify(commit).replace(/@PLAN@/g, ""))) as typeof commit;
      const tree = filled.tree === undefined ? (this.#values.TREE ?? "") : writer.tree(filled.tree);
      set(filled.ref, `${writer.commit(filled, tree)}\n`);
    }
    for (const [ref, text] of Object.entries(refs)) set(fill(ref), fill(text));
  }

  #applyBundle(head: string, keep: number): void {
    const file = path.join(this.repository.folder, "bundles/one.bundle");
    const whole = readFileSync(file);
    const end = whole.indexOf("\n\n") + 2;
    const own = head.replace("@BUNDLE@", whole.subarray(0, end).toString());
    const pack = whole.subarray(end);
    rmSync(file);
    writeFileSync(file, Buffer.concat([Buffer.from(own), pack.subarray(0, Math.ceil(pack.length * keep))]));
  }

  /** What was touched or started that is none of the command's business; `before`: as the case was made. */
  intrusions(before: Listing): string[] {
    const around = differences(this.#around, hashedListing(this.repository.root, isOurs));
    const inside = differences(before, this.listing()).filter(isGuarded);
    const log = path.join(this.repository.root, "programs");
    const programs = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
    rmSync(log, { force: true });
    return [
      ...around.map((name) => `touched outside the repository: ${name}`),
      ...inside.map((name) => `touched: ${name}`),
      ...programs.map((line) => `started: ${line}`),
    ];
  }

  listing(): Listing {
    return listingOf(this.repository.folder);
  }

  /** As it was before the case. */
  reset(): void {
    this.#listing = putBack(this.repository.folder, this.#template, this.#listing);
  }
}
