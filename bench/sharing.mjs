// Experiments that travel, and runs that tell a server of themselves.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import path from "node:path";
import { medianSeconds, runProgram, temporaryFolder } from "./measure.mjs";
import { addStoredExperiments, makeTrivialRepository } from "./repositories.mjs";
import { countRow, secondsRow } from "./rows.mjs";

function git(env, cwd, ...args) {
  return execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** A bare repository with the branch, and the folder of a storage remote: both are set up in the work tree. */
async function addRemotes(bench, folder) {
  const [bare, store] = [temporaryFolder(), temporaryFolder()];
  git(bench.env, bare, "init", "--quiet", "--bare");
  const argv = [...bench.ours, "remote", "add", "-d", "store", store];
  await runProgram({ argv, cwd: folder, env: bench.env });
  git(bench.env, folder, "commit", "--quiet", "--all", "--message", "a store");
  git(bench.env, folder, "remote", "add", "origin", bare);
  git(bench.env, folder, "push", "--quiet", "origin", "HEAD:refs/heads/main");
  return bare;
}

const numberOf = (bench, folder) =>
  git(bench.env, folder, "for-each-ref", "--format=%(refname)", "refs/exps").split("\n").filter(Boolean).length;

/** To a folder and back into a fresh clone, each with its data. */
export async function pushAndPull(bench) {
  const count = bench.quick ? 100 : 1000;
  const time = async (cwd, args) => (await runProgram({ argv: [...bench.ours, ...args], cwd, env: bench.env })).seconds;
  let [bare, clone] = ["", ""];
  const pushed = await medianSeconds({
    ...bench.often,
    prepare: async () => {
      const folder = makeTrivialRepository(bench.env);
      bare = await addRemotes(bench, folder);
      addStoredExperiments(folder, bench.env, count);
      return folder;
    },
    time: (cwd) => time(cwd, ["exp", "push", "origin"]),
  });
  const pulled = await medianSeconds({
    ...bench.often,
    prepare: () => {
      clone = path.join(temporaryFolder(), "clone");
      git(bench.env, path.dirname(clone), "clone", "--quiet", "--branch", "main", bare, clone);
      return clone;
    },
    time: (cwd) => time(cwd, ["exp", "pull", "origin"]),
  });
  const words = count.toLocaleString("en-US");
  return [
    secondsRow(`push ${words} experiments with their data to a folder`, pushed, 10),
    secondsRow(`pull ${words} experiments with their data into a fresh clone`, pulled, 10),
    countRow("that are there then", numberOf(bench, clone), count),
  ];
}

/** A server that takes what runs tell, beside runs that tell nobody. */
export async function liveUpdates(bench) {
  const server = createServer((request, response) => request.resume().on("end", () => response.end("{}")));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const told = { DVC_STUDIO_OFFLINE: "", DVC_STUDIO_TOKEN: "isat_bench", DVC_STUDIO_URL: url };
  const perRun = async (more) => {
    const env = { ...bench.env, ...more };
    const time = async (count) =>
      medianSeconds({
        ...bench.often,
        prepare: async () => {
          const folder = makeTrivialRepository(bench.env);
          git(bench.env, folder, "remote", "add", "origin", "https://git.example.com/team/project.git");
          const argv = [...bench.ours, "exp", "run", "--queue", "-S", `x=range(0,${count})`];
          await runProgram({ argv, cwd: folder, env });
          return folder;
        },
        time: async (cwd) => {
          const argv = [...bench.ours, "exp", "run", "--run-all", "--jobs", "2"];
          return (await runProgram({ argv, cwd, env })).seconds;
        },
      });
    return ((await time(110)) - (await time(10))) / 100;
  };
  try {
    const [without, live] = [await perRun({ DVC_STUDIO_OFFLINE: "1" }), await perRun(told)];
    return [secondsRow("live updates: what a run costs more", live - without, 0.005)];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
