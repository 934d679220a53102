import { beforeAll, expect, test } from "vitest";
import { listRemoteRefs } from "../../src/git/remote.ts";
import { tryGit } from "../../src/git/run.ts";
import { makeOpened, type Opened } from "./repositories.ts";

let opened: Opened;

beforeAll(() => {
  opened = makeOpened();
});

test.each(["ext::sh -c 'touch ran >&2'", "--upload-pack=touch ran", "-u", "fd::17"])(
  "%s runs nothing, and ends",
  async (remote) => {
    opened.rig.git("config", "protocol.ext.allow", "always");
    opened.rig.git("config", "protocol.fd.allow", "always");
    await expect(listRemoteRefs(opened.opened, remote, ["refs/exps/*"])).rejects.toMatchObject({
      code: expect.stringMatching(/^GIT_REMOTE_/),
    });
    expect(opened.rig.exists("ran")).toBe(false);
  },
);

test("what we say of git's settings counts more than the repository's", async () => {
  opened.rig.git("config", "protocol.ext.allow", "always");
  const { stdout } = await tryGit(["config", "protocol.ext.allow"], { cwd: opened.rig.folder });
  expect(stdout.toString().trim()).toBe("never");
});

test("a command line that the system does not take is a git that did not start", async () => {
  const started = tryGit(["rev-parse", "x".repeat(4 * 1024 * 1024)], { cwd: opened.rig.folder });
  await expect(started).rejects.toMatchObject({ code: "GIT_NOT_STARTED" });
});
