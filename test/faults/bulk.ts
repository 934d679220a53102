/** Scenarios over folders of a thousand files: what is done to many has an end, a middle and a beginning that a fault can hit. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Repository } from "../rig/index.ts";
import { paramsOf } from "./project.ts";
import type { Scenario } from "./scenarios.ts";

const files = 1000;

const folderOf = (version: string) =>
  Object.fromEntries(Array.from({ length: files }, (_, at) => [`data/${at}.txt`, `${version} ${at}\n`]));

const makeStore = (repository: Repository) => mkdirSync(path.join(repository.root, "store"), { recursive: true });
const remove = (repository: Repository, name: string) =>
  rmSync(path.join(repository.folder, name), { recursive: true, force: true });

/** Tracked, and committed beside what the user has changed. */
async function added(repository: Repository): Promise<void> {
  repository.write(folderOf("first"));
  await repository.succeed(["add", "data"]);
  repository.git("add", "data.dvc", ".gitignore");
  repository.git("commit", "--quiet", "--message", "data", "--", "data.dvc", ".gitignore");
}

/** An experiment with another thousand files; the workspace is back at the first. */
async function saved(repository: Repository): Promise<void> {
  await added(repository);
  repository.write({ "params.yaml": paramsOf(7), ...folderOf("second") });
  await repository.succeed(["repro", "--ignore-errors", "copy"]);
  await repository.succeed(["add", "data"]);
  await repository.succeed(["exp", "save", "-n", "s"]);
  repository.git("restore", "params.yaml", "data.dvc", "notes.txt");
  for (const name of ["dvc.lock", "m.json", "out.txt"]) remove(repository, name);
  await repository.succeed(["checkout", "--force", "data.dvc"]);
}

const managed = { changes: "files", queued: "all", points: undefined } as const;

export const bulk: readonly Scenario[] = [
  {
    ...managed,
    name: "checkout of 1,000 files",
    prepare: async (repository) => {
      await added(repository);
      remove(repository, "data");
    },
    commands: [["checkout", "data.dvc"]],
  },
  {
    ...managed,
    name: "add of 1,000 files",
    prepare: async (repository) => repository.write(folderOf("first")),
    commands: [["add", "data"]],
  },
  {
    ...managed,
    name: "push of 1,000 files",
    prepare: async (repository) => {
      await added(repository);
      makeStore(repository);
    },
    commands: [["push", "data.dvc"]],
  },
  {
    ...managed,
    name: "pull of 1,000 files",
    prepare: async (repository) => {
      await added(repository);
      makeStore(repository);
      await repository.succeed(["push", "data.dvc"]);
      remove(repository, "data");
      remove(repository, ".dvc/cache");
    },
    commands: [["pull", "data.dvc"]],
  },
  {
    ...managed,
    name: "gc of 1,000 files",
    prepare: async (repository) => {
      await added(repository);
      await repository.succeed(["remove", "data.dvc"]);
      remove(repository, "data");
    },
    commands: [["gc", "--workspace", "--force"]],
  },
  {
    ...managed,
    name: "exp apply of 1,000 files",
    changes: "files and index",
    prepare: saved,
    commands: [["exp", "apply", "s"]],
  },
  {
    ...managed,
    name: "gc of 1,000 files, here and in the remote",
    prepare: async (repository) => {
      await added(repository);
      makeStore(repository);
      await repository.succeed(["push", "data.dvc"]);
      repository.write({ "data/0.txt": "another\n" });
      await repository.succeed(["add", "data"]);
      await repository.succeed(["push", "data.dvc"]);
      repository.write(folderOf("second"));
      await repository.succeed(["add", "data"]);
      await repository.succeed(["push", "data.dvc"]);
    },
    commands: [["gc", "-w", "-c", "-f"]],
    again: [
      ["gc", "-w", "-c", "-f"],
      ["pull", "data.dvc"],
    ],
  },
];
