/** `config` and `remote`: what each answers, in DVC's words and with its exit codes, one after the other. */
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

/** Runs lines of words, and answers for each what it printed and its exit code. */
async function dialogue(repository: Repository, lines: readonly string[]): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await repository.run(line.split(" "));
    answers.push(`${line} => ${exitCode} ${`${stdout}${stderr}`.trim().replaceAll(repository.root, "ROOT")}`.trim());
  }
  return answers;
}

const error = "ERROR: configuration error - config file error:";

test("remotes are added, listed, changed and removed; the default goes with its remote", async () => {
  const repository = makeRepository();
  const expected = [
    "remote list => 0",
    "remote default => 1 No default remote set",
    "remote add Store ../store => 0",
    `remote add store ../other => 251 ${error} remote 'store' already exists. Use \`-f|--force\` to overwrite it.`,
    "remote add -f -d store ../store => 0 Setting 'store' as a default remote.",
    "remote list => 0 store\tROOT/store\t(default)",
    "remote default => 0 store",
    `remote default nope => 251 ${error} default remote must be present in remote list.`,
    "remote modify store url ../third => 0",
    `remote modify nope url x => 251 ${error} remote 'nope' doesn't exist.`,
    "remote modify store jobs 3 => 0",
    "config remote.store.jobs => 0 3",
    "remote modify -u store jobs => 0",
    "remote modify -u store jobs => 0",
    "remote list --local => 0",
    "remote default -u => 0",
    "remote default => 1 No default remote set",
    "remote default store => 0",
    "remote remove store => 0",
    "config -l => 0",
    `remote remove store => 251 ${error} remote 'store' doesn't exist.`,
  ];
  expect(
    await dialogue(
      repository,
      expected.map((line) => line.split(" => ")[0] ?? ""),
    ),
  ).toEqual(expected);
});

test("options are set, read with their place, and unset, each at its level", async () => {
  const missing = (name: string) => `${error} option '${name}' doesn't exist in section 'core'`;
  const together = "-l/--list can't be used together with any of these options: -u/--unset, name, value";
  const shape = "argument name: name argument should look like remote.name.option or db.name.option or section.option";
  const expected = [
    "config core.autostage true => 0",
    "config core.autostage => 0 true",
    "config core.analytics => 0",
    `config --project core.nope => 251 ${missing("nope")}`,
    `config --local core.autostage => 251 ${missing("autostage")}`,
    "config --local core.autostage false => 0",
    "config core.autostage => 0 false",
    "config --show-origin core.autostage => 0 .dvc/config.local\tfalse",
    "config --show-origin -l => 0 .dvc/config\tcore.autostage=true\n.dvc/config.local\tcore.autostage=false",
    "config --project -l => 0 core.autostage=true",
    "config core.autostage -u => 0",
    `config core.autostage -u => 251 ${missing("autostage")}`,
    `config -l core.autostage => 254 ERROR: ${together}`,
    `config -l -u => 254 ERROR: ${together}`,
    "config => 254 ERROR: name argument is required",
    `config nope => 254 ERROR: ${shape}`,
  ];
  const repository = makeRepository();
  expect(
    await dialogue(
      repository,
      expected.map((line) => line.split(" => ")[0] ?? ""),
    ),
  ).toEqual(expected);
  const { exitCode, stderr } = await repository.run(["config", "cache.type", "copy"]);
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringContaining("WARNING: You have changed the 'cache.type' option."),
  ]);
});
