/** Projects for tests of the pipeline: real folders with real Git, the pipeline called in this process. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { ReproduceEvents } from "../../src/pipeline/reproduce/events.ts";
import type { ReproduceOptions } from "../../src/pipeline/reproduce/options.ts";
import { reproduce } from "../../src/pipeline/reproduce/reproduce.ts";
import type { ReproduceResult } from "../../src/pipeline/reproduce/result.ts";
import { runDefaults } from "../../src/pipeline/run-options.ts";
import { openProject } from "../../src/project/open.ts";
import type { Project } from "../../src/project/project.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface TestProject {
  readonly root: string;
  readonly project: Project;
  file(name: string): string;
  write(files: Files): void;
  read(name: string): string;
  has(name: string): boolean;
  git(...args: readonly string[]): string;
  /** All files below a folder, sorted. */
  list(name: string): string[];
}

/** A Git repository with an empty .dvc folder and these files; removed after the test. */
export function testProject(files: Files): TestProject {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "pipeline-test-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const file = (name: string) => path.join(root, name);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=Tester", "-c", "user.email=tester@example.com", ...args], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const write = (more: Files) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(path.dirname(file(name)), { recursive: true });
      writeFileSync(file(name), content);
    }
  };
  git("init", "-q", "-b", "main");
  write({ ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n", ...files });
  return {
    root,
    project: openProject(root, {}),
    file,
    write,
    read: (name) => readFileSync(file(name), "utf8"),
    has: (name) => existsSync(file(name)),
    git,
    list: (name) =>
      existsSync(file(name))
        ? readdirSync(file(name), { recursive: true, withFileTypes: true })
            .filter((entry) => !entry.isDirectory())
            .map((entry) => path.relative(file(name), path.join(entry.parentPath, entry.name)))
            .sort()
        : [],
  };
}

export interface Reproduction {
  readonly result: ReproduceResult;
  /** What would be printed, in order; warnings with their prefix. */
  readonly lines: readonly string[];
  readonly started: readonly string[];
}

/** Runs the pipeline; the output of stage commands goes nowhere. */
export async function run(
  { project }: Pick<TestProject, "project">,
  options: Partial<ReproduceOptions> = {},
  events: Partial<ReproduceEvents> = {},
): Promise<Reproduction> {
  const lines: string[] = [];
  const started: string[] = [];
  const result = await reproduce(
    project,
    {
      ...runDefaults,
      targets: [],
      environment: {},
      dvcRoot: project.root,
      output: { kind: "file", descriptor: nowhere() },
      signal: new AbortController().signal,
      ...options,
    },
    {
      stage: () => undefined,
      message: (text) => lines.push(text),
      warning: (text) => lines.push(`WARNING: ${text}`),
      processStarted: ({ address }) => started.push(address),
      processEnded: () => undefined,
      ...events,
    },
  );
  return { result, lines, started };
}

let descriptor: number | undefined;

function nowhere(): number {
  descriptor ??= openSync("/dev/null", "w");
  return descriptor;
}
