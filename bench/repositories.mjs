// The repositories that the cases run in.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of config files look like that
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
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

/**
 * One stage in a repository whose params.yaml is composed from 20 config files: four groups of four options each, a
 * primary config and three configs that nest them, with interpolations between the groups.
 */
export function makeComposedRepository(env) {
  const groups = ["db", "model", "optimizer", "data"];
  const options = groups.flatMap((group, place) =>
    ["a", "b", "c", "d"].map((option, index) => [
      `conf/${group}/${option}.yaml`,
      [
        `name: ${group}-${option}`,
        `size: ${2 ** (index + 4)}`,
        `rate: ${(place + 1) / 10}`,
        "layers: [16, 32, 64]",
        "nested:",
        `  path: \${..name}/\${seed}`,
        "  flags: {fast: true, exact: false, note: plain text}",
        "",
      ].join("\n"),
    ]),
  );
  return makeRepository(env, {
    "params.yaml": "{}\n",
    ".dvc/config": `${dvcFiles[".dvc/config"]}[hydra]\n    enabled = true\n`,
    "conf/config.yaml":
      "defaults:\n- _self_\n- db: a\n- data: b\n- train: base\n- optional local: none\nseed: 1\nname: run-${db.name}-${train.model.size}\n",
    "conf/train/base.yaml": "defaults:\n- common\n- /model: a\n- /optimizer: a\n- _self_\nepochs: 10\nlr: 0.1\n",
    "conf/train/common.yaml": "workers: 4\ndevice: ${oc.env:DEVICE,cpu}\n",
    "conf/train/long.yaml": "defaults:\n- base\n- _self_\nepochs: 100\n",
    ...Object.fromEntries(options),
    "dvc.yaml":
      "stages:\n  train:\n    cmd: cp params.yaml metrics.yaml\n    params: [seed, train]\n    metrics:\n    - metrics.yaml: {cache: false}\n",
  });
}

/** So many stages that need only one file: all may run at once. */
export function makeWideRepository(env, stageCount) {
  const stages = Array.from(
    { length: stageCount },
    (_unused, index) =>
      `  copy${index}:\n    cmd: cp data/in.txt data/f${index}.txt\n    deps: [data/in.txt]\n    outs: [data/f${index}.txt]`,
  );
  return makeRepository(env, { "data/in.txt": "start\n", "dvc.yaml": `stages:\n${stages.join("\n")}\n` });
}

/** One matrix of a hundred by so many stages. */
export function makeMatrixRepository(env, stageCount) {
  const numbers = (count) => `[${[...Array(count).keys()].join(", ")}]`;
  const item = (name) => `\${item.${name}}`;
  const file = `out/${item("a")}-${item("b")}.txt`;
  return makeRepository(env, {
    "dvc.yaml": [
      "stages:",
      "  point:",
      "    matrix:",
      `      a: ${numbers(100)}`,
      `      b: ${numbers(stageCount / 100)}`,
      `    cmd: echo ${item("a")} ${item("b")} > ${file}`,
      "    outs:",
      `    - ${file}`,
      "",
    ].join("\n"),
  });
}

/** A stage that makes a checkpoint of a file of 10 KB after each epoch, by the protocol of DVC 2. */
export function makeCheckpointRepository(env) {
  const script = [
    'signal="$DVC_ROOT/.dvc/tmp/DVC_CHECKPOINT"',
    "epochs=$(sed -n 's/^epochs: //p' params.yaml)",
    "i=0",
    'while [ "$i" -lt "$epochs" ]; do',
    '  i=$((i+1)); head -c 10000 /dev/zero > model.bin; echo "$i" >> model.bin; echo "{\\"epoch\\": $i}" > metrics.json',
    '  : > "$signal"; while [ -e "$signal" ]; do sleep 0.001; done',
    "done",
    "",
  ].join("\n");
  return makeRepository(env, {
    "params.yaml": "epochs: 1\n",
    "train.sh": script,
    ".gitignore": "/model.bin\n",
    "dvc.yaml":
      "stages:\n  train:\n    cmd: sh train.sh\n    deps: [train.sh]\n    params: [epochs]\n    outs:\n    - model.bin: {checkpoint: true}\n    metrics:\n    - metrics.json: {cache: false}\n",
  });
}

/** One commit in the words of `git fast-import`: the files on top of its parent, by default the ref's last one. */
function importedCommit({ ref, from, message }, files) {
  const blob = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const changes = Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${blob(text)}`);
  return `commit ${ref}\ncommitter bench <bench@example.com> 1700000000 +0000\n${blob(message)}${from === undefined ? "" : `from ${from}\n`}${changes.join("")}\n`;
}

function fastImport(folder, env, stream) {
  execFileSync("git", ["fast-import", "--quiet"], { cwd: folder, env, input: stream });
}

const baselineRef = (head) => `refs/exps/${head.slice(0, 2)}/${head.slice(2)}`;

/** So many finished experiments of HEAD, each with a parameter and a metric of its own. */
export function addExperiments(folder, env, count) {
  const head = git(folder, env, "rev-parse", "HEAD").trim();
  const commits = Array.from({ length: count }, (_unused, x) =>
    importedCommit(
      { ref: `${baselineRef(head)}/point-${x}`, from: head, message: `point-${x}` },
      { "params.yaml": `x: ${x}\n`, "metrics.yaml": `x: ${x}\n` },
    ),
  );
  fastImport(folder, env, commits.join(""));
}

/** So many finished experiments of HEAD, each with an output of its own in the cache. */
export function addStoredExperiments(folder, env, count) {
  const head = git(folder, env, "rev-parse", "HEAD").trim();
  const commits = Array.from({ length: count }, (_unused, x) => {
    const content = `model of ${x}\n`;
    const md5 = createHash("md5").update(content).digest("hex");
    writeFiles(folder, { [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: content });
    const out = `    outs:\n    - path: model.bin\n      hash: md5\n      md5: ${md5}\n      size: ${content.length}\n`;
    return importedCommit(
      { ref: `${baselineRef(head)}/point-${x}`, from: head, message: `point-${x}` },
      {
        "params.yaml": `x: ${x}\n`,
        "dvc.yaml": "stages:\n  train:\n    cmd: ./train\n    outs:\n    - model.bin\n",
        "dvc.lock": `schema: '2.0'\nstages:\n  train:\n    cmd: ./train\n${out}`,
      },
    );
  });
  fastImport(folder, env, commits.join(""));
}

/** An experiment of so many checkpoints. */
export function addCheckpoints(folder, env, count) {
  const head = git(folder, env, "rev-parse", "HEAD").trim();
  const ref = `${baselineRef(head)}/chain`;
  const commits = Array.from({ length: count }, (_unused, at) =>
    importedCommit(
      { ref, from: at === 0 ? head : undefined, message: "checkpoint" },
      { "metrics.json": `{"epoch": ${at + 1}}\n` },
    ),
  );
  fastImport(folder, env, commits.join(""));
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
