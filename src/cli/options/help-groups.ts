/** The headings under which the help of a command with many options shows them. */
import type { Command } from "commander";

/** More than these need headings. */
export const mostUngrouped = 8;

/** By heading the long names. What is in none, such as --help, stands under "Options:". */
const groups: Readonly<Record<string, string>> = {
  "Selection:":
    "--all-commits --rev --num --all-branches --all-tags --all-experiments --workspace --date --projects --not-in-remote " +
    "--sweep --where --best --min --max --top --queued --point --plan --metric",
  "Targets:":
    "--target --targets --single-item --pipeline --all-pipelines --recursive --downstream --force-downstream --with-deps --glob",
  "Rows and columns:":
    "--columns --only-changed --drop --keep --param-deps --sort-by --sort-order --sha --hide-failed --hide-queued " +
    "--hide-workspace --group-by --fold --no-fold --name-only --sha-only",
  "The experiment:":
    "--set-param --name --message --no-hydra --queue --run-all --temp --first --copy-paths --keep-untracked",
  "Points of the sweep:":
    "--points --zip --and --when --sample --sampler --seed --repeat --repeat-key --max-batch-size --retry-failed --dry-run",
  "How stages run:":
    "--force --interactive --pull --allow-missing --no-commit --no-run-cache --dry --keep-going --ignore-errors --strict",
  "Jobs, limits and failures:":
    "--engine --jobs --fail-fast --retries --retry-delay --timeout --timeout-at --max-failures --gpus --per-gpu --slots --idle",
  "The search:": "--constraint --direction --min-steps --reduction --step --stop-early --time --trials --try --round",
  "Checkpoints:": "--reset --checkpoint-every --keep-checkpoints",
  "Data and remotes:":
    "--remote --config --remote-config --to-remote --git-remote --no-cache --run-cache --cloud --skip-failed",
  "Jobs of a CI system:": "--expect --bundle --bundles --for --max-jobs --comment",
  "What the stage writes:":
    "--outs --outs-no-cache --outs-persist --outs-persist-no-cache --metrics --metrics-no-cache --plots --plots-no-cache",
  "Output:":
    "--json --jsonl --csv --md --precision --curve --no-pager --output --html --html-template --open --report --show-vega " +
    "--tree --level --dvc-only --size --show-hash --split --no-header --title --x-label --y-label --template --out -x -y",
};

/** Where a name means something else in a command. */
const ofCommand: Readonly<Record<string, string>> = {
  "exp pull --force": "Data and remotes:",
  "exp pull --no-run-cache": "Data and remotes:",
  "exp push --force": "Data and remotes:",
  "exp push --no-run-cache": "Data and remotes:",
  "exp remove --keep": "Selection:",
  "exp remove --queue": "Selection:",
  "exp remove --git-remote": "Selection:",
  "exp run --rev": "Checkpoints:",
  "exp show --force": "Output:",
  "fetch --no-run-cache": "Data and remotes:",
  "gc --force": "Output:",
  "gc --dry": "Output:",
  "matrix plan --output": "Jobs of a CI system:",
  "matrix plan --metric": "The search:",
  "pull --force": "Data and remotes:",
  "pull --allow-missing": "Data and remotes:",
  "pull --no-run-cache": "Data and remotes:",
  "push --no-run-cache": "Data and remotes:",
  "stage add --deps": "What the stage reads:",
  "stage add --params": "What the stage reads:",
  "stage add --name": "The stage:",
  "stage add --desc": "The stage:",
  "stage add --force": "The stage:",
  "stage add --run": "The stage:",
  "stage add --always-changed": "The stage:",
  "stage add --wdir": "The stage:",
};

/** The heading of an option of a command (`exp run`); undefined for what belongs to none. */
export function helpGroupOf(command: string, long: string): string | undefined {
  const own = ofCommand[`${command} ${long}`];
  return own ?? Object.keys(groups).find((heading) => groups[heading]?.split(" ").includes(long));
}

/** Gives the options of a command with many of them their headings. @param name `exp run` */
export function groupOptions(command: Command, name: string): void {
  const shown = command.options.filter(({ hidden }) => !hidden);
  if (shown.length <= mostUngrouped) return;
  for (const option of shown) {
    const heading = helpGroupOf(name, option.long ?? option.short ?? "");
    if (heading !== undefined) option.helpGroup(heading);
  }
}
