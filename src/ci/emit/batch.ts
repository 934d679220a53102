/** Systems that number their jobs: a script chooses its points by the number. */

import { readableShellWord } from "../../base/text/shell-word.ts";
import { npmInstall } from "../package-spec.ts";
import { chooseByIndex, enterProject, pointCommand, titleOf } from "./texts.ts";
import type { Emission, Emit } from "./types.ts";

/**
 * A script for sbatch, submitted from the project's folder on a shared file system. Each task works in a clone of its own
 * with the project's cache, so results and data come back to where it was submitted.
 */
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
    // dash runs no EXIT trap where a signal ends it, as scancel and a time limit do.
    "trap 'exit 129' HUP",
    "trap 'exit 130' INT",
    "trap 'exit 143' TERM",
    'cd "$SLURM_SUBMIT_DIR"',
    `cp ${readableShellWord(emission.planFile)} "$work/sweep.json"`,
    'git clone --quiet --no-checkout "$(git rev-parse --show-toplevel)" "$work/clone"',
    "cache=$(sweepline config cache.dir)",
    'test -n "$cache" || cache=cache',
    "case $cache in /*) ;; *) cache=$SLURM_SUBMIT_DIR/.dvc/$cache ;; esac",
    // A folder that is named by a relative path is another one for the clone.
    "tab=$(printf '\\t')",
    'sweepline remote list > "$work/remotes"',
    // Settings of this clone alone, of sweepline and of Git, are those of the tasks.
    'test ! -f .dvc/config.local || cp .dvc/config.local "$work/config.local"',
    "name=$(git config user.name || :)",
    "mail=$(git config user.email || :)",
    'cd "$work/clone"',
    'test -z "$name" || git config user.name "$name"',
    'test -z "$mail" || git config user.email "$mail"',
    `git checkout --quiet --detach ${baseline}`,
    ...enterProject(emission),
    'test ! -f "$work/config.local" || cp "$work/config.local" .dvc/config.local',
    'sweepline config --local cache.dir "$cache"',
    'while IFS=$tab read -r name url default; do sweepline config --local "remote.$name.url" "$url"; done < "$work/remotes"',
    // The file may have become that of a later sweep while this task was pending.
    `sweepline matrix run --plan "$work/sweep.json" --expect ${emission.digest} --point "$POINT"`,
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
    ...enterProject(emission),
    npmInstall(emission.packageSpec, ["--silent"]),
    `sweepline matrix plan @sweep.txt --expect ${emission.digest} -o sweep.json`,
    pointCommand({ planFile: "sweep.json" }),
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
    // A failed point fails again; a pod that was evicted, or 75, is worth another try.
    "  podFailurePolicy:",
    "    rules:",
    "      - action: FailIndex",
    "        onExitCodes:",
    "          containerName: point",
    "          operator: In",
    "          values: [1, 2]",
    "      - action: Ignore",
    "        onPodConditions:",
    "          - type: DisruptionTarget",
    '            status: "True"',
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
