/** A bare repository as Git remote, a folder as storage remote, and fresh clones without history, as jobs have them. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { Repository } from "../../rig/index.ts";

export interface Clones {
  readonly bare: string;
  clone(): Repository;
  remoteRefs(): string[];
}

/** Gives the repository its remotes, and pushes it. */
export async function withRemotes(repository: Repository): Promise<Clones> {
  const bare = path.join(repository.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  mkdirSync(path.join(repository.root, "store"));
  await repository.succeed(["remote", "add", "-d", "store", path.join(repository.root, "store")]);
  repository.commit("remote");
  repository.git("push", "--quiet", "origin", "main");
  let clones = 0;
  const clone = () => {
    const root = path.join(repository.root, `clone-${++clones}`);
    mkdirSync(root);
    const copy = new Repository(root);
    const args = ["clone", "--quiet", "--depth", "1", `file://${bare}`, copy.folder];
    execFileSync("git", args, { env: copy.env, stdio: "pipe" });
    return copy;
  };
  const remoteRefs = () => repository.git("ls-remote", "origin", "refs/exps/*", "refs/sweeps/*").split("\n");
  return { bare, clone, remoteRefs };
}
