/** Tries one case: in the process that is quick, and what it finds again with the real binary. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { build } from "esbuild";
import { binary, makeTemporaryFolder, whenFileEnds } from "../rig/index.ts";
import type { Change } from "./change.ts";
import type { Answer, Order } from "./driver.ts";
import type { Workbench } from "./workbench.ts";

export interface Case {
  readonly words: readonly string[];
  readonly change: Change;
}

/** README and docs/ci.md: what a command may end with where nobody interrupts it. */
const exitCodes = (words: readonly string[]) =>
  words[0] === "matrix" ? [0, 1, 2, 75] : [0, 1, 66, 251, 253, 254, 255];
const mostCpuMs = 2000;

type Outcome = Pick<Answer, "exitCode" | "stdout" | "stderr" | "started"> & { readonly isSlow: boolean };

function problemsOf(
  { words }: Case,
  { exitCode, stdout, stderr, started, isSlow }: Outcome,
  intrusions: readonly string[],
) {
  const said = `${stdout}\n${stderr}`;
  const trace = /unexpected error|bug in sweepline|^\s+at .+:\d+/m.test(said);
  return [
    ...(isSlow ? [`takes more than ${mostCpuMs / 1000} s`] : []),
    ...(trace ? [`a stack trace: ${stderr.slice(0, 1500)}`] : []),
    ...(trace || isSlow || exitCodes(words).includes(exitCode ?? -1)
      ? []
      : [`exit code ${exitCode}: ${stderr.slice(0, 500)}`]),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    ...(/[\u001b\u009b\u202e]/.test(said) ? ["what a terminal would obey is printed"] : []),
    ...started.map((each) => `started: ${each}`),
    ...intrusions,
  ];
}

/** Makes the program of driver.ts; answers its file. */
export async function buildDriver(): Promise<string> {
  const outfile = path.join(makeTemporaryFolder(), "driver.cjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, "driver.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["piscina"],
    define: { SWEEPLINE_VERSION: '"0"', SWEEPLINE_BUGS: '""', "import.meta.url": "chunkUrl" },
    banner: { js: 'const chunkUrl=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "warning",
  });
  return outfile;
}

/** User and system time of a process, in milliseconds; undefined: it is gone. */
function cpuOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** What a driver keeps of one case must not be what another one fails for. */
const casesOfOne = 400;

export class Trier {
  readonly #bench: Workbench;
  readonly #driver: string;
  #child: ChildProcess | undefined;
  #count = 0;

  constructor(bench: Workbench, driver: string) {
    this.#bench = bench;
    this.#driver = driver;
    whenFileEnds(() => this.#end());
  }

  #end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  #start(): ChildProcess {
    const { repository, env } = this.#bench;
    const options = { cwd: repository.root, env: { ...env }, stdio: ["ignore", "ignore", "inherit", "ipc"] as const };
    return fork(this.#driver, { ...options, stdio: [...options.stdio], execArgv: [] });
  }

  /** undefined: it took too long, or the process ended. */
  async #ask(order: Order): Promise<Answer | undefined> {
    if (this.#count++ % casesOfOne === 0) this.#end();
    this.#child ??= this.#start();
    const child = this.#child;
    const answered = new AbortController();
    const answer = new Promise<Answer | undefined>((resolve) => {
      child.once("message", resolve);
      child.once("exit", () => resolve(undefined));
    });
    child.send(order);
    const result = await Promise.race([answer, this.#tooLong(child.pid ?? 0, answered.signal)]);
    answered.abort();
    child.removeAllListeners("message");
    child.removeAllListeners("exit");
    if (result === undefined) this.#end();
    return result;
  }

  /** When it has worked for ten seconds, or has done nothing for two minutes. */
  async #tooLong(pid: number, signal: AbortSignal): Promise<undefined> {
    const began = cpuOf(pid) ?? 0;
    for (let ticks = 0; ticks < 480 && !signal.aborted; ticks++) {
      await setTimeout(250);
      if ((cpuOf(pid) ?? 0) - began > 5 * mostCpuMs) return;
    }
  }

  /** What is wrong, if anything; in words, most telling first. */
  async problems(each: Case): Promise<{ readonly confirmed: readonly string[]; readonly quick: readonly string[] }> {
    const { folder } = this.#bench.repository;
    this.#bench.reset();
    this.#bench.apply(each.change);
    const before = this.#bench.listing();
    const answer = await this.#ask({ folder, argv: each.words });
    const silent = { exitCode: 0, stdout: "", stderr: "", started: [], isSlow: true };
    const outcome = answer === undefined ? silent : { ...answer, isSlow: answer.cpuMs > mostCpuMs };
    const quick = problemsOf(each, outcome, this.#bench.intrusions(before));
    return { quick, confirmed: quick.length === 0 ? [] : await this.#again(each, quick) };
  }

  /** With the real binary. What only src/base/effects.ts tells is believed. */
  async #again(each: Case, quick: readonly string[]): Promise<readonly string[]> {
    const { repository, env } = this.#bench;
    this.#bench.reset();
    this.#bench.apply(each.change);
    const before = this.#bench.listing();
    // A second more, for the start and a slower machine.
    const limited = `ulimit -t ${mostCpuMs / 1000 + 1}; exec "$0" "$@"`;
    const words = ["-c", limited, process.execPath, binary, ...each.words];
    const { exitCode, signal, stdout, stderr } = await repository.startProgram("/bin/sh", words, { env }).result();
    const isSlow = signal === "SIGXCPU" || signal === "SIGKILL";
    const outcome = { exitCode, stdout, stderr, isSlow, started: [] };
    const started = quick.filter((problem) => /^started: (spawn|signal) /.test(problem));
    return [...problemsOf(each, outcome, this.#bench.intrusions(before)), ...started];
  }
}
