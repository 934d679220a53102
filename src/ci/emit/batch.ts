/** Systems that number their jobs: a script chooses its points by the number. */
import { shellWord } from "../../sweep/jobs.ts";
import { chooseByIndex, runCommand, titleOf } from "./texts.ts";
import type { Emission, Emit } from "./types.ts";

/** A script for sbatch. Each task works in a clone of its own, beside the folder that it was submitted from. */
export const emitSlurm: Emit = (emission) => {
  const { shards, parallel, baseline } = emission;
  const limit = parallel === undefined ? "" : `%${parallel}`;
  return `${[
    "#!/bin/sh",
    `#SBATCH --array=0-${shards.length - 1}${limit}`,
    "#SBATCH --job-name=sweep",
    `# ${titleOf(emission)}`,
    "set -eu",
    ...chooseByIndex(emission, "SLURM_ARRAY_TASK_ID"),
    "work=$(mktemp -d)",
    "trap 'rm -rf \"$work\"' EXIT",
    'git clone --quiet --no-checkout "$SLURM_SUBMIT_DIR" "$work/clone"',
    `cp "$SLURM_SUBMIT_DIR"/${shellWord(emission.planFile)} "$work/sweep.json"`,
    'cd "$work/clone"',
    `git checkout --quiet --detach ${baseline}`,
    runCommand({ planFile: "../sweep.json" }),
  ].join("\n")}\n`;
};

function podScript(emission: Emission): readonly string[] {
  return [
    "set -eu",
    ...chooseByIndex(emission, "JOB_COMPLETION_INDEX"),
    "git init --quiet work && cd work",
    'git remote add origin "$REPOSITORY"',
    `git fetch --quiet --depth 1 origin ${emission.baseline}`,
    "git checkout --quiet --detach FETCH_HEAD",
    "npm install --global --silent sweepline",
    "sweepline matrix plan @sweep.txt -o sweep.json",
    runCommand({ planFile: "sweep.json" }),
  ];
}

/** An Indexed Job. The repository's URL, with its token, comes from the secret `sweepline`; the plan is made again. */
export const emitKubernetes: Emit = (emission) =>
  `${[
    `# ${titleOf(emission)}`,
    "apiVersion: batch/v1",
    "kind: Job",
    "metadata:",
    `  name: ${emission.sweep}`,
    "spec:",
    "  completionMode: Indexed",
    `  completions: ${emission.shards.length}`,
    `  parallelism: ${Math.min(emission.parallel ?? 20, emission.shards.length)}`,
    "  backoffLimitPerIndex: 2",
    `  maxFailedIndexes: ${emission.shards.length}`,
    "  template:",
    "    spec:",
    "      restartPolicy: Never",
    "      containers:",
    "        - name: point",
    "          image: node:22",
    "          workingDir: /tmp",
    "          env:",
    "            - name: REPOSITORY",
    "              valueFrom:",
    "                secretKeyRef:",
    "                  name: sweepline",
    "                  key: repository",
    '          command: ["sh", "-c"]',
    "          args:",
    "            - |",
    ...podScript(emission).map((line) => `              ${line}`),
  ].join("\n")}\n`;
