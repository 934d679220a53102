/** What DVC 3.67.1 printed for a repository with experiments. The data lies beside the checkout, in ../shared/oracle/dvc. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import skips from "./exp-show-skips.json" with { type: "json" };

const folder = fileURLToPath(new URL("../../../shared/oracle/dvc/exp_show/", import.meta.url));

interface Recorded {
  readonly args: string;
  readonly rc: number;
  readonly stdout: string;
}

function recorded(): Readonly<Record<string, Recorded>> {
  return existsSync(folder) ? JSON.parse(readFileSync(`${folder}expected.json`, "utf8")) : {};
}

/** The words of a recorded command; those that begin with a flag are of `exp show`. */
function commandOf({ args }: Recorded): string[] {
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? "");
  return words[0]?.startsWith("-") ? ["exp", "show", ...words] : words;
}

/** NaN is no JSON, and the words for a broken file are our own. */
function comparable(text: string): unknown {
  const withoutMessages = (key: string, value: unknown) => (key === "msg" ? "" : value);
  return JSON.parse(text.replaceAll("NaN", "null"), withoutMessages);
}

const cases = Object.entries(recorded());
const skipped = new Set(skips.map(({ id }) => id));

describe.skipIf(!existsSync(folder))("as DVC", () => {
  let repository: Repository;

  beforeAll(() => {
    repository = makeRepository({ git: false, dvc: false });
    repository.git("init", "--quiet");
    repository.git("fetch", "--quiet", "--update-head-ok", `${folder}repo.bundle`, "refs/*:refs/*");
    repository.git("checkout", "--quiet", "--force", "main");
  });

  test.each(cases.filter(([id]) => !skipped.has(id)))("%s", async (_, expected) => {
    const { stdout, exitCode } = await repository.run(commandOf(expected));
    expect(exitCode).toBe(expected.rc);
    expect(stdout).toBe(expected.stdout);
  });

  test.each(cases.filter(([id]) => skipped.has(id) && /json|diff/.test(id)))("%s as data", async (_, expected) => {
    expect(comparable(await repository.succeed(commandOf(expected)))).toEqual(comparable(expected.stdout));
  });

  test.each(cases.filter(([id]) => id === "ls_A"))("%s as a set", async (_, expected) => {
    const lines = (text: string) => text.split("\n").sort();
    expect(lines(await repository.succeed(commandOf(expected)))).toEqual(lines(expected.stdout));
  });
});
