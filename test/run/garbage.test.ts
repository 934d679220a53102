/** `gc` beside running sweeps: it takes nothing that they need, and both go on. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";

/** Outputs repeat from point to point: data that nobody needs is needed again while it is collected. */
const files = {
  "params.yaml": "x: 0\n",
  "same.sh": "mkdir -p same && for i in 1 2 3 4 5 6; do echo $i > same/$i; done\n",
  "own.sh": "grep x: params.yaml > own.txt; echo always > again.txt\n",
  "dvc.yaml": `stages:
  same: {cmd: sh same.sh, params: [x], outs: [same]}
  own: {cmd: sh own.sh, deps: [same], params: [x], outs: [own.txt, again.txt], always_changed: true}
`,
};

/** The hashes that a lock file names, each in the cache. */
function lacking(repository: Repository, commit: string): string[] {
  const text = repository.git("show", `${commit}:dvc.lock`);
  const outs = [...text.matchAll(/path: (?:same|own\.txt|again\.txt)\n\s+hash: md5\n\s+md5: (\S+)/g)];
  expect(outs.length).toBeGreaterThan(3);
  const at = (md5: string) => path.join(repository.folder, ".dvc/cache/files/md5", md5.slice(0, 2), md5.slice(2));
  return outs.map(([, md5 = ""]) => md5).filter((md5) => !existsSync(at(md5)));
}

test.each(["copy", "symlink"])("experiments keep their data, which is placed by %s", async (type) => {
  const repository = makeRepository({ files });
  repository.write({ ".dvc/config": `[cache]\n    type = ${type}\n` });
  repository.commit("links");
  const sweeps = ["a", "b"].map((name, at) =>
    repository.run(["sweep", "-n", name, "-j", "2", `x=${at}1,${at}2,${at}3,${at}4,${at}5`]),
  );
  let isOver = false;
  const all = Promise.all(sweeps).finally(() => {
    isOver = true;
  });
  const ends: { exitCode: number | null; stderr: string }[] = [];
  // Each removes what the ones before it left behind.
  while (!isOver) ends.push(await repository.run(["gc", "-w", "-f"]));
  expect((await all).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(ends.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  const refs = repository.experimentRefs();
  expect(refs).toHaveLength(10);
  expect(refs.flatMap((ref) => lacking(repository, ref))).toEqual([]);
  expect(readdirSync(path.join(repository.folder, ".dvc/cache/running"))).toEqual([]);
  await repository.succeed(["exp", "remove", "-A"]);
  expect(await repository.succeed(["gc", "-w", "-f"])).toMatch(/^Removed \d+ objects from repo cache\.$/m);
  rmSync(repository.root, { recursive: true });
});
