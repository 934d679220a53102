/** exp push and exp pull whose connection to the storage remote breaks at any byte while data travels. Experiments go to a repository of their own. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CuttingProxy, cutEverywhere } from "../../rig/cutting-proxy.ts";
import { makeRepository, Repository, whenFileEnds } from "../../rig/index.ts";
import { expectWhole, filesBelow } from "../../rig/objects.ts";
import { type FolderServer, hasRclone, serveFolder } from "../../rig/servers.ts";
import { experimentNames } from "../exp-project.ts";

const files = {
  "params.yaml": "x: 1\n",
  "dvc.yaml": `stages:
  train:
    cmd: mkdir -p parts && cp params.yaml parts/a && echo b > parts/b && head -c 100000 /dev/zero > model && cat params.yaml >> model
    params: [x]
    outs: [model, parts]
`,
};

/** The large file, the folder, its list and the other file of it. */
const objectsOfOne = 4;

const kinds = ["sftp", "webdav", "http"] as const;

describe.skipIf(!hasRclone).each(kinds)("data over %s (skipped without rclone)", (kind) => {
  let made: Repository;
  let server: FolderServer;
  let proxy: CuttingProxy;

  beforeAll(async () => {
    made = makeRepository({ files });
    await made.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=5"]);
    server = await serveFolder(kind);
    proxy = await CuttingProxy.start(server.port);
    whenFileEnds(() => proxy.close());
    server.alsoAt(proxy.port);
  });

  const storeOf = (name: string) => path.join(server.folder, name);

  function keepDataAt(repository: Repository, url: string, ...options: string[]): void {
    const lines = ["[core]", "remote = store", `['remote "store"']`, `url = ${url}`, ...options];
    repository.write({ ".dvc/config.local": `${lines.join("\n")}\n` });
  }

  function keepDataAtServer(repository: Repository, name: string): void {
    const password = "password = secret-p";
    const place = `127.0.0.1:${proxy.port}/${name}`;
    if (kind === "http") keepDataAt(repository, `http://${place}`, "auth = basic", "user = u", password);
    else keepDataAt(repository, `${kind === "sftp" ? "ssh" : kind}://u@${place}`, password);
  }

  function addOrigin(repository: Repository, bare: string): void {
    made.git("init", "--quiet", "--bare", bare);
    repository.git("remote", "add", "origin", bare);
    repository.git("push", "--quiet", "origin", "main");
  }

  const call = async (repository: Repository, command: "push" | "pull") => {
    const { exitCode, stderr } = await repository.run(["exp", command, "origin"], { env: { HOME: server.home } });
    expect(stderr).not.toContain("secret-p");
    return exitCode;
  };

  // What a web server has is for reading only.
  test.skipIf(kind === "http")(
    "a push that is cut at any byte leaves both sides sound, and the same command finishes",
    async () => {
      const bareOf = (name: string) => path.join(made.root, `${name}.git`);
      const copies = new Map<string, Repository>();
      const push = async (name: string) => {
        const copy = copies.get(name) ?? made.copy();
        if (!copies.has(name)) {
          keepDataAtServer(copy, `push-${name}`);
          addOrigin(copy, bareOf(name));
        }
        copies.set(name, copy);
        return call(copy, "push");
      };
      await cutEverywhere(proxy, push, (name) => {
        expectWhole(storeOf(`push-${name}`));
        made.git("-C", bareOf(name), "fsck", "--connectivity-only");
        // Nobody finds an experiment there whose data is not.
        const isThere = made.git("-C", bareOf(name), "for-each-ref", "refs/exps") !== "";
        if (isThere) expect(filesBelow(path.join(storeOf(`push-${name}`), "files"))).toHaveLength(objectsOfOne);
      });
      for (const name of copies.keys())
        expect(made.git("-C", bareOf(name), "for-each-ref", "refs/exps")).toMatch(/\/one$/m);
    },
  );

  test("a pull that is cut at any byte leaves nothing half written, and the same command finishes", async () => {
    const bare = path.join(made.root, "full.git");
    proxy.reset();
    const source = made.copy();
    addOrigin(source, bare);
    keepDataAt(source, storeOf("full"));
    expect(await call(source, "push")).toBe(0);
    keepDataAtServer(source, "full");
    const clones = new Map<string, Repository>();
    const pull = async (name: string) => {
      let clone = clones.get(name);
      if (clone === undefined) {
        const root = path.join(made.root, `${kind}-${name}`);
        mkdirSync(root);
        clone = new Repository(root);
        cpSync(source.folder, clone.folder, { recursive: true });
        for (const ref of clone.experimentRefs()) clone.git("update-ref", "-d", ref);
        rmSync(path.join(clone.folder, ".dvc/cache"), { recursive: true });
        clones.set(name, clone);
      }
      return call(clone, "pull");
    };
    await cutEverywhere(proxy, pull, (name) => {
      const clone = clones.get(name);
      if (clone !== undefined) expectWhole(path.join(clone.folder, ".dvc/cache"));
      clone?.git("fsck", "--connectivity-only");
    });
    for (const [name, clone] of clones) {
      expect([name, experimentNames(clone)]).toEqual([name, ["one"]]);
      await clone.succeed(["exp", "apply", "one"]);
      expect(clone.read("parts/a")).toBe("x: 5\n");
      expect(clone.read("model")).toContain("x: 5\n");
    }
  });
});
