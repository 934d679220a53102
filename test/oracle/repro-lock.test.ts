/**
 * Every recorded run of real DVC, run by us: the lock files byte for byte, the cache, the run-cache, what is printed.
 * The records lie in ../shared beside the checkout; without them these tests are left out.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { reproductionError } from "../../src/pipeline/reproduce/failure-words.ts";
import { ignoreInGit } from "../../src/project/gitignore.ts";
import { openCache } from "../../src/store/cache.ts";
import { commitData } from "../../src/store/commit.ts";
import { writeDvcFile } from "../../src/store/dvc-file.ts";
import { run, type TestProject, testProject } from "../pipeline/project.ts";

const recordFile = fileURLToPath(new URL("../../../shared/oracle/dvc/repro_lock.json", import.meta.url));

interface RecordedRun {
  readonly name: string;
  readonly files_b64: Readonly<Record<string, string>>;
  readonly cmd: string;
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly locks: Readonly<Record<string, string>>;
  readonly cache: readonly string[];
  readonly run_cache: Readonly<Record<string, string>>;
  readonly dir_objects: Readonly<Record<string, string>>;
  readonly second_repro_stdout: string;
  readonly second_rc: number;
}

function readRecords(): RecordedRun[] {
  return existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, "utf8")) : [];
}

/** What the pipeline prints; the hint about Git and the last line are the command's. */
function pipelineLines(stdout: string): string[] {
  const end = stdout.search(/\nTo track the changes|Use `dvc push`|Data and pipelines are up to date\./);
  const text = end < 0 ? stdout : stdout.slice(0, end);
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

async function add(project: TestProject, name: string): Promise<void> {
  const hash = await commitData(openCache(project.project), project.file(name));
  writeDvcFile(project.file(`${name}.dvc`), name, hash);
  ignoreInGit(project.project, project.file(name));
}

async function runRecorded(project: TestProject, command: string) {
  for (const part of command.split("; ")) {
    const words = part.split(" ");
    if (words[1] === "add") await add(project, words.at(-1) ?? "");
    else return await run(project, { targets: words.slice(2) });
  }
  throw new Error(`no repro in '${command}'`);
}

async function outcome(project: TestProject, command: string) {
  try {
    const { result, lines } = await runRecorded(project, command);
    const error = result.kind === "failed" ? reproductionError(result.failures, "stop").message : undefined;
    return { ok: result.kind === "done", error, lines };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return { ok: false, error: error.message, lines: [] };
  }
}

/**
 * What can't be the same, with the reason:
 * - params_date_error: a date in params.yaml is a text for us, DVC refuses the whole file;
 * - templating: the output holds the HOME of whoever made the record, so hashes differ;
 * - no_outs: its commands print between the lines.
 */
const left = new Set(["params_date_error"]);
const otherHashes = new Set(["templating"]);
const otherLines = new Set(["no_outs"]);

function withoutHashes(text: string): string {
  return text.replace(/md5: \w+\n(\s+)size: \d+/g, "md5: -\n$1size: -");
}

describe.skipIf(!existsSync(recordFile))("recorded runs of DVC", () => {
  const records = readRecords().filter((record) => !left.has(record.name));
  test.each(records.map((record) => [record.name, record] as const))("%s", async (name, record) => {
    const files = Object.entries(record.files_b64).map(([file, content]) => [file, Buffer.from(content, "base64")]);
    const project = testProject(Object.fromEntries(files));
    const first = await outcome(project, record.cmd);
    const warnings = record.stderr.split("\n").filter((line) => line.startsWith("WARNING"));
    expect(first.ok).toBe(record.rc === 0);
    if (!otherLines.has(name))
      expect(first.lines.filter((line) => !line.startsWith("WARNING"))).toEqual(pipelineLines(record.stdout));
    expect(first.lines.filter((line) => line.startsWith("WARNING"))).toEqual(warnings);
    expect(first.error).toBe(/^ERROR: (.*)$/m.exec(record.stderr)?.[1]);
    const comparable = otherHashes.has(name) ? withoutHashes : (text: string) => text;
    for (const [file, content] of Object.entries(record.locks))
      expect(comparable(project.read(file))).toBe(comparable(content));
    const isSameData = !otherHashes.has(name);
    if (isSameData) expect(project.list(".dvc/cache")).toEqual([...record.cache].sort());
    for (const [file, content] of isSameData ? Object.entries({ ...record.run_cache, ...record.dir_objects }) : [])
      expect(project.read(`.dvc/cache/${file}`)).toBe(content);
    const second = await outcome(project, record.cmd.split("; ").at(-1) ?? "");
    if (otherLines.has(name)) return;
    expect(second.lines.filter((line) => !line.startsWith("WARNING"))).toEqual(
      pipelineLines(record.second_repro_stdout),
    );
  });
});
