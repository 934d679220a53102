/** What `exp show` does on a terminal where the command line does not say: `git config exp.show.columns lr,accuracy`. */
import { InvalidArgumentError, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { Repository } from "../../git/repository.ts";
import { gitSettings } from "../../git/settings.ts";
import { digits } from "./arguments.ts";

export interface ShowSettings {
  readonly columns?: readonly string[];
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
  readonly precision?: number;
}

/** `lr,accuracy`: names of columns. */
export function columnNames(value: string, before: readonly string[] = []): readonly string[] {
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("no name of a column");
  return [...before, ...names];
}

/** --fold: as `sweep --repeat` makes replicas. */
export function foldOption(): Option {
  return new Option(
    "--fold <names>",
    "one row for runs that differ in these parameters only, such as seed: count, mean and spread",
  ).argParser(columnNames);
}

function refused(name: string, value: string): SweeplineError {
  return new SweeplineError({
    code: "SETTING_INVALID",
    message: `the setting exp.show.${name} of Git's configuration can't be '${value}'`,
    hint: `\`git config --show-origin exp.show.${name}\` says where it stands.`,
  });
}

function parsed<T>(name: string, value: string, parse: (value: string) => T): T {
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw refused(name, value);
  }
}

function order(value: string): "asc" | "desc" {
  if (value !== "asc" && value !== "desc") throw new InvalidArgumentError("neither asc nor desc");
  return value;
}

/** Throws SETTING_INVALID. */
export async function showSettings(repository: Repository): Promise<ShowSettings> {
  const settings = await gitSettings(repository, "exp.show");
  const setting = <T>(name: string, parse: (value: string) => T): T | undefined => {
    const value = settings.get(name.toLowerCase());
    return value === undefined ? undefined : parsed(name, value, parse);
  };
  const columns = setting("columns", columnNames);
  const sortBy = setting("sortBy", String);
  const sortOrder = setting("sortOrder", order);
  const precision = setting("precision", digits);
  return {
    ...(columns === undefined ? {} : { columns }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(sortOrder === undefined ? {} : { sortOrder }),
    ...(precision === undefined ? {} : { precision }),
  };
}
