/**
 * A machine of a CI system for one job: an empty folder, an empty home, nobody's Git identity, and of the environment
 * only what the system gives. `sweepline` is on its PATH, and an `npm` that installs nothing.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary } from "../../rig/index.ts";

export interface ScriptResult {
  readonly exitCode: number | null;
  readonly output: string;
}

export type Variables = Readonly<Record<string, string>>;

/** The folder of programs that all machines share. */
export function makeTools(root: string): string {
  const tools = path.join(root, "tools");
  mkdirSync(tools);
  const programs = { sweepline: `exec "${process.execPath}" "${binary}" "$@"`, npm: "exit 0" };
  for (const [name, command] of Object.entries(programs)) {
    writeFileSync(path.join(tools, name), `#!/bin/sh\n${command}\n`);
    chmodSync(path.join(tools, name), 0o755);
  }
  return tools;
}

/** What it printed, and how it ended. */
export function runProgram(
  program: string,
  args: readonly string[],
  place: { readonly cwd: string; readonly env: Variables },
): Promise<ScriptResult> {
  const child = spawn(program, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}

export class Machine {
  /** Where the job's steps run. */
  readonly work: string;
  readonly #home: string;
  readonly #tools: string;

  constructor(folder: string, tools: string) {
    this.work = path.join(folder, "work");
    this.#home = path.join(folder, "home");
    this.#tools = tools;
    mkdirSync(this.work, { recursive: true });
    mkdirSync(this.#home);
  }

  /** Runs a script as runners do: bash, ended by the first failure. */
  run(script: string, variables: Variables = {}, words: readonly string[] = []): Promise<ScriptResult> {
    return runProgram("bash", ["-e", "-o", "pipefail", "-c", script, "bash", ...words], {
      cwd: this.work,
      env: { PATH: `${this.#tools}:${process.env.PATH}`, HOME: this.#home, CI: "true", ...variables },
    });
  }

  /** A clone without history, HEAD detached: what checkout steps leave. */
  checkOut(url: string, commit: string): Promise<ScriptResult> {
    return this.run(
      `git init --quiet . && git remote add origin '${url}' && git fetch --quiet --depth 1 origin ${commit} && git checkout --quiet --detach FETCH_HEAD`,
    );
  }
}
