// Tracked data: large trees, large files, a remote on a server of this machine.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { medianSeconds, runProgram, temporaryFolder } from "./measure.mjs";
import { makeTrivialRepository } from "./repositories.mjs";
import { growthRow, memoryRow, ratioRow, secondsRow, timesRow } from "./rows.mjs";

const filesInFolder = 1000;

/** So many files of some bytes, no two the same, a thousand in a folder. */
function writeTree(folder, count, bytes = 200) {
  for (let index = 0; index < count; index++) {
    const inside = path.join(folder, `part${Math.floor(index / filesInFolder)}`);
    if (index % filesInFolder === 0) mkdirSync(inside, { recursive: true });
    writeFileSync(path.join(inside, `file${index}.txt`), `${index} `.padEnd(bytes, "data "));
  }
}

function writeLarge(file, megabytes) {
  const piece = Buffer.alloc(1 << 20);
  const handle = openSync(file, "w");
  for (let index = 0; index < megabytes; index++) {
    piece.writeUInt32LE(index, 0);
    piece.fill(index % 251, 4);
    writeSync(handle, piece);
  }
  closeSync(handle);
}

function repositoryWith(bench, write) {
  const folder = makeTrivialRepository(bench.env);
  write(folder);
  return folder;
}

const run = (bench, tool, cwd, ...words) => runProgram({ argv: [...tool, ...words], cwd, env: bench.env });

export async function addTenThousand(bench) {
  const made = [];
  const prepare = () => {
    const folder = repositoryWith(bench, (at) => writeTree(path.join(at, "d"), 10_000));
    made.push(folder);
    return folder;
  };
  const time = async (tool, often) =>
    medianSeconds({
      ...often,
      prepare,
      time: async (cwd) => (await run(bench, tool, cwd, "add", "--quiet", "d")).seconds,
    });
  const ours = await time(bench.ours, bench.often);
  const peer = bench.dvc && (await time(bench.dvc, bench.peerOften));
  // Only now: ext4 passes by each inode that was freed in the last minutes when it looks for a free one, which takes longer
  // than all else that is measured here.
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
  const what = "add 10,000 small files";
  return [secondsRow(what, ours, 1.2), timesRow(what, { ours, peer, least: 2 })];
}

export async function unchangedTenThousand(bench) {
  const folder = repositoryWith(bench, (at) => writeTree(path.join(at, "d"), 10_000));
  await run(bench, bench.ours, folder, "add", "--quiet", "d");
  const seconds = await medianSeconds({
    ...bench.often,
    prepare: () => folder,
    time: async (cwd) => (await run(bench, bench.ours, cwd, "status", "d.dvc")).seconds,
  });
  return [secondsRow("status of an unchanged folder of 10,000 files", seconds, 0.3)];
}

/** Beside md5sum, which has to read the file as well. */
export async function addLarge(bench) {
  const largeMegabytes = 2048;
  let peak;
  const ours = await medianSeconds({
    ...bench.often,
    prepare: () => repositoryWith(bench, (folder) => writeLarge(path.join(folder, "large"), largeMegabytes)),
    time: async (cwd) => {
      const done = await run(bench, bench.ours, cwd, "add", "--quiet", "large");
      peak = done.peak;
      rmSync(cwd, { recursive: true, force: true });
      return done.seconds;
    },
  });
  const folder = temporaryFolder();
  writeLarge(path.join(folder, "large"), largeMegabytes);
  const md5sum = await medianSeconds({
    ...bench.often,
    prepare: () => folder,
    time: async (cwd) => (await runProgram({ argv: ["md5sum", "large"], cwd, env: bench.env })).seconds,
  });
  rmSync(path.join(folder, "large"));
  const small = repositoryWith(bench, (at) => writeLarge(path.join(at, "large"), largeMegabytes / 32));
  const { peak: before } = await run(bench, bench.ours, small, "add", "--quiet", "large");
  return [
    ratioRow("add a file of 2 GiB, beside md5sum alone", { ours, other: md5sum, most: 1.4 }),
    growthRow("peak memory of add, from 64 MiB to 2 GiB", { before, after: peak, most: 15 }),
  ];
}

export async function millionFiles(bench) {
  const folder = repositoryWith(bench, (at) => writeTree(path.join(at, "d"), 1_000_000, 16));
  const { peak: adding } = await run(bench, bench.ours, folder, "add", "--quiet", "d");
  const { peak: looking } = await run(bench, bench.ours, folder, "status", "d.dvc");
  rmSync(folder, { recursive: true, force: true });
  return [
    memoryRow("add a folder of 1,000,000 files: peak memory", adding, 1000),
    memoryRow("status of it: peak memory", looking, 1000),
  ];
}

/** `rclone serve sftp` of a new folder, known to ssh in the bench's home; undefined without rclone. */
async function startSftp(bench) {
  const home = bench.env.HOME;
  const argv = ["serve", "sftp", temporaryFolder(), "--addr", "127.0.0.1:0", "--config", "/dev/null"];
  const server = spawn("rclone", [...argv, "--user", "u", "--pass", "secret-p"], { env: bench.env });
  const port = await new Promise((resolve) => {
    let said = "";
    server.once("error", () => resolve(undefined));
    server.stderr.on("data", (text) => {
      said += text;
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  if (port === undefined) return undefined;
  const keys = path.join(bench.env.XDG_CACHE_HOME, "rclone", "serve-sftp");
  const known = readdirSync(keys)
    .filter((name) => name.endsWith(".pub"))
    .map((name) => `[127.0.0.1]:${port} ${readFileSync(path.join(keys, name), "utf8").trim()}\n`);
  mkdirSync(path.join(home, ".ssh"), { recursive: true });
  writeFileSync(path.join(home, ".ssh", "known_hosts"), known.join(""));
  return { port, server };
}

export async function sftpRemote(bench) {
  const started = await startSftp(bench);
  if (started === undefined)
    return [{ what: "SFTP on loopback", asked: "-", ours: "rclone is not installed", measured: null, ok: null }];
  let count = 0;
  const folder = repositoryWith(bench, (at) => writeTree(path.join(at, "d"), 2000, 2000));
  await run(bench, bench.ours, folder, "add", "--quiet", "d");
  const config = path.join(folder, ".dvc/config.local");
  /** A place of its own for each push. */
  const connect = () => {
    const url = `ssh://u@127.0.0.1:${started.port}/store${count++}`;
    writeFileSync(config, `[core]\nremote = s\n['remote "s"']\nurl = ${url}\npassword = secret-p\n`);
    return folder;
  };
  const forget = () => {
    for (const name of [".dvc/cache", "d"]) rmSync(path.join(folder, name), { recursive: true, force: true });
    return folder;
  };
  const seconds = async (tool, often, { prepare, words }) =>
    tool && medianSeconds({ ...often, prepare, time: async (cwd) => (await run(bench, tool, cwd, ...words)).seconds });
  try {
    const rows = [];
    for (const [what, call] of [
      ["push 2,000 files to SFTP on loopback", { prepare: connect, words: ["push", "--quiet"] }],
      ["pull them", { prepare: forget, words: ["pull", "--quiet"] }],
    ]) {
      const ours = await seconds(bench.ours, bench.often, call);
      const peer = await seconds(bench.dvc, bench.peerOften, call);
      rows.push(timesRow(what, { ours, peer, least: 1 }));
    }
    return rows;
  } finally {
    started.server.kill();
  }
}
