/** exp push and exp pull, of experiments and of the queue, whose connection to the Git remote breaks at any byte. */
import { cpSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BareRemotes } from "../../rig/bare-remotes.ts";
import { CuttingProxy, cutEverywhere } from "../../rig/cutting-proxy.ts";
import { GitDaemon, hasGitDaemon } from "../../rig/git-daemon.ts";
import { GitServer, hasGitServer } from "../../rig/git-server.ts";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

const servers = [
  { kind: "git daemon", scheme: "git", isThere: hasGitDaemon, serve: (folder: string) => GitDaemon.start(folder) },
  { kind: "smart HTTP", scheme: "http", isThere: hasGitServer, serve: (folder: string) => GitServer.start(folder) },
];

describe.each(servers)("over $kind (skipped where Git has none)", ({ scheme, isThere, serve }) => {
  describe.skipIf(!isThere)("where the connection breaks", () => {
    let made: Repository;
    let server: { readonly port: number; close(): void };
    let proxy: CuttingProxy;
    let bares: BareRemotes;

    beforeAll(async () => {
      made = makeExperimentRepository();
      await made.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=5"]);
      await made.succeed(["exp", "run", "--temp", "-n", "two", "-S", "x=6"]);
      await made.succeed(["exp", "note", "one", "half way"]);
      await made.succeed(["exp", "run", "--queue", "-n", "grid", "-S", "x=7,8"]);
      bares = new BareRemotes(made);
      bares.make("full");
      await made.succeed(["exp", "push", bares.pathOf("full"), "--no-cache"]);
      const giver = made.copy();
      bares.make("waiting");
      await giver.succeed(["exp", "push", bares.pathOf("waiting"), "--queued", "--no-cache"]);
      server = await serve(bares.folder);
      proxy = await CuttingProxy.start(server.port);
    });

    afterAll(() => {
      proxy.close();
      server.close();
    });

    const lastParts = (refs: readonly string[]) => refs.map((ref) => ref.split("/").at(-1));

    /** The exit code; what is said must name neither a bug nor a stack. */
    async function call(repository: Repository, command: "push" | "pull", name: string, ...flags: string[]) {
      const url = `${scheme}://127.0.0.1:${proxy.port}/${name}`;
      const { exitCode, stderr } = await repository.run(["exp", command, url, "--no-cache", ...flags]);
      expect(stderr).not.toMatch(/^ +at /m);
      return exitCode;
    }

    test("a push leaves both sides sound, and the same command finishes", async () => {
      const started = new Set<string>();
      const push = (name: string) => {
        if (!started.has(name)) bares.make(`push-${name}`);
        started.add(name);
        return call(made, "push", `push-${name}`);
      };
      await cutEverywhere(proxy, push, (name) => {
        bares.git(`push-${name}`, "fsck", "--connectivity-only");
        const there = bares.refs(`push-${name}`, "refs/exps");
        expect(made.experimentRefs().filter((ref) => there.includes(ref))).toEqual(there);
      });
      for (const name of started) {
        expect([name, bares.refs(`push-${name}`, "refs/exps")]).toEqual([name, made.experimentRefs()]);
        expect([name, bares.refs(`push-${name}`, "refs/sweepline/notes")]).toEqual([name, [expect.any(String)]]);
      }
    });

    test("a pull leaves both sides sound, and the same command finishes", async () => {
      const clones = new Map<string, Repository>();
      const pull = (name: string) => {
        const copy = clones.get(name) ?? bares.clone(`pull-${name}`, "full");
        clones.set(name, copy);
        return call(copy, "pull", "full");
      };
      await cutEverywhere(proxy, pull, (name) => void clones.get(name)?.git("fsck", "--connectivity-only"));
      for (const [name, copy] of clones) {
        expect([name, experimentNames(copy)]).toEqual([name, ["one", "two"]]);
        expect(await copy.succeed(["exp", "note", "one"])).toBe("half way\n");
      }
    });

    test("a push of the queue loses no entry, and the same command finishes", async () => {
      const givers = new Map<string, Repository>();
      const push = (name: string) => {
        const giver = givers.get(name) ?? made.copy();
        if (!givers.has(name)) bares.make(`give-${name}`);
        givers.set(name, giver);
        return call(giver, "push", `give-${name}`, "--queued");
      };
      await cutEverywhere(proxy, push, (name) => {
        bares.git(`give-${name}`, "fsck", "--connectivity-only");
        const giver = givers.get(name);
        const there = bares.refs(`give-${name}`, "refs/sweepline/queue").length;
        expect(there + (giver === undefined ? 0 : queueRefs(giver).length)).toBeGreaterThanOrEqual(2);
      });
      for (const [name, giver] of givers) {
        const there = lastParts(bares.refs(`give-${name}`, "refs/sweepline/queue"));
        expect([name, queueRefs(giver), there]).toEqual([name, [], ["grid-1", "grid-2"]]);
      }
    });

    test("a pull of the queue takes each entry once, and the same command finishes", async () => {
      const takers = new Map<string, Repository>();
      const pull = (name: string) => {
        const taker = takers.get(name) ?? bares.clone(`take-${name}`, "waiting");
        if (!takers.has(name)) cpSync(bares.pathOf("waiting"), bares.pathOf(`take-${name}`), { recursive: true });
        takers.set(name, taker);
        return call(taker, "pull", `take-${name}`, "--queued");
      };
      await cutEverywhere(proxy, pull, (name) => {
        bares.git(`take-${name}`, "fsck", "--connectivity-only");
        takers.get(name)?.git("fsck", "--connectivity-only");
        expect(lastParts(bares.refs(`take-${name}`, "refs/sweepline/queue"))).toEqual(["grid-1", "grid-2"]);
      });
      for (const [name, taker] of takers) expect([name, queueRefs(taker)]).toEqual([name, ["queued/1", "queued/2"]]);
    });
  });
});
