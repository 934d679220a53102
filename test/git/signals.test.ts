import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makePipelineRepository, waitLimitMs } from "../rig/index.ts";

/** A `git` whose fast-import takes its time to end once nobody writes to it any more; notes its start and its end. */
const slowGit = `#!/bin/sh
case " $* " in
*" fast-import "*)
  : >"$NOTES/started"
  "$REAL_GIT" "$@"
  sleep 0.2
  : >"$NOTES/ended" ;;
*) exec "$REAL_GIT" "$@" ;;
esac
`;

/** A repository, and an environment in which git is that script. */
function withGit(script: string) {
  const repository = makePipelineRepository();
  const notes = path.join(repository.root, "notes");
  for (const folder of [notes, path.join(notes, "bin")]) mkdirSync(folder);
  writeFileSync(path.join(notes, "bin/git"), script);
  chmodSync(path.join(notes, "bin/git"), 0o755);
  const realGit =
    (process.env.PATH ?? "")
      .split(":")
      .map((folder) => path.join(folder, "git"))
      .find(existsSync) ?? "git";
  const env = { PATH: `${path.join(notes, "bin")}:${process.env.PATH ?? ""}`, NOTES: notes, REAL_GIT: realGit };
  return { repository, notes, env };
}

/** A `git` that Ctrl+C ends while it asks a remote. */
const interruptedGit = `#!/bin/sh
case " $* " in
*" ls-remote "*) kill -INT $$ ;;
*) exec "$REAL_GIT" "$@" ;;
esac
`;

test("Ctrl+C that git hears of before we do is no failure of the remote", async () => {
  const { repository, env } = withGit(interruptedGit);
  for (const words of [
    ["push", "origin", "--no-cache"],
    ["pull", "origin", "--no-cache"],
    ["list", "origin"],
  ]) {
    const { signal, stdout, stderr } = await repository.run(["exp", ...words], { env });
    expect([words, signal, stdout, stderr]).toEqual([words, "SIGINT", "", ""]);
  }
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s while git works: the prompt comes back when git has ended",
  async (signal) => {
    const { repository, env, notes } = withGit(slowGit);
    const running = repository.start(["exp", "run", "--queue", "-S", "train.lr=1,2"], { env });
    await expect.poll(() => existsSync(path.join(notes, "started")), { timeout: waitLimitMs }).toBe(true);
    const result = await running.kill(signal);
    expect(result.signal).toBe(signal);
    expect(result.stderr).toBe("");
    expect(existsSync(path.join(notes, "ended"))).toBe(true);
  },
);
