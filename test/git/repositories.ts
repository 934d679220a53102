/** Repositories for tests of src/git: opened by our code, looked at with the real Git. */
import { execFileSync } from "node:child_process";
import { type Repository as OpenRepository, openRepository } from "../../src/git/repository.ts";
import { type Files, makeRepository, Repository } from "../rig/index.ts";

export interface Opened {
  readonly rig: Repository;
  readonly opened: OpenRepository;
}

/** Our own git processes see the rig's settings, not those of whoever runs the tests. */
export function useEnvironment(rig: Repository): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("GIT_")) delete process.env[name];
  Object.assign(process.env, {
    HOME: rig.env.HOME,
    XDG_CONFIG_HOME: rig.env.XDG_CONFIG_HOME,
    GIT_CONFIG_NOSYSTEM: "1",
  });
}

export function makeOpened(files: Files = { "a.txt": "one\n" }): Opened {
  const rig = makeRepository({ dvc: false, files });
  useEnvironment(rig);
  return { rig, opened: openRepository(rig.folder) };
}

export function makeSha256(root: string): Opened {
  const rig = new Repository(root);
  useEnvironment(rig);
  rig.git("init", "--quiet", "--object-format=sha256");
  rig.write({ "a.txt": "one\n" });
  rig.commit("start");
  return { rig, opened: openRepository(rig.folder) };
}

/** What `git ARGS` prints, as bytes, with something on its stdin. */
export function gitWith(rig: Repository, args: readonly string[], input: string | Uint8Array): string {
  return execFileSync("git", args, { cwd: rig.folder, env: rig.env, input, maxBuffer: 1 << 28 })
    .toString()
    .trim();
}
