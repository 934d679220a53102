// The repositories that the cases run in.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { temporaryFolder, writeFiles } from "./measure.mjs";

const dvcFiles = {
  ".dvc/config": "[core]\n    analytics = false\n",
  ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  ".dvcignore": "",
};

function git(folder, env, ...args) {
  return execFileSync("git", args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function makeRepository(env, files) {
  const folder = temporaryFolder();
  writeFiles(folder, { ...dvcFiles, ...files });
  git(folder, env, "init", "--quiet");
  git(folder, env, "add", "--all");
  git(folder, env, "commit", "--quiet", "--message", "start");
  return folder;
}

/** One stage that copies a metric from the parameter `x`, in a repository of about so many files. */
export function makeTrivialRepository(env, fileCount = 5) {
  const others = Array.from({ length: Math.max(0, fileCount - 5) }, (_unused, index) => [
    `src/part${index % 10}/file${index}.txt`,
    `${"content ".repeat(50)}${index}\n`,
  ]);
  return makeRepository(env, {
    "params.yaml": "x: -1\n",
    "dvc.yaml": [
      "stages:",
      "  train:",
      "    cmd: cp params.yaml metrics.yaml",
      "    params:",
      "    - x",
      "    metrics:",
      "    - metrics.yaml:",
      "        cache: false",
      "",
    ].join("\n"),
    ...Object.fromEntries(others),
  });
}

/** A chain of so many stages, each copying the file of the one before it. */
export function makeChainRepository(env, stageCount) {
  const stages = Array.from({ length: stageCount }, (_unused, index) =>
    [
      `  copy${index}:`,
      `    cmd: cp data/f${index}.txt data/f${index + 1}.txt`,
      "    deps:",
      `    - data/f${index}.txt`,
      "    outs:",
      `    - data/f${index + 1}.txt`,
    ].join("\n"),
  );
  return makeRepository(env, { "data/f0.txt": "start\n", "dvc.yaml": `stages:\n${stages.join("\n")}\n` });
}

/** The names of the experiments, the queue's entries left out. */
export function experimentRefs(folder, env) {
  const refs = git(folder, env, "for-each-ref", "--format=%(refname)", "refs/exps").split("\n");
  return refs.filter((ref) => /^refs\/exps\/[0-9a-f]{2}\/[0-9a-f]{38}\//.test(ref));
}

/** What our queue still holds, failed entries included. */
export function queueRefs(folder, env) {
  return git(folder, env, "for-each-ref", "--format=%(refname)", "refs/exps/celery").split("\n").filter(Boolean);
}

export const binary = path.join(import.meta.dirname, "..", "bin", "sweepline.js");
