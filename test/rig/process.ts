/** Starts a process and collects what it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { whenFileEnds } from "./clean-up.ts";
import type { Environment } from "./environment.ts";
import { journalCommand } from "./journal.ts";
import { within } from "./time-limit.ts";

/** The checkout that is tested. */
export const checkout = fileURLToPath(new URL("../../", import.meta.url));

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly stdin?: string;
}

/** What a command printed and how it ended. A failure that no test looks at (by reading exitCode) fails the file. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 128 plus the signal's number is never invented: a killed process has `null` here and `signal` set. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One word as a person would type it; Node and the checkout's own programs in short. */
function asTyped(word: string): string {
  if (word === process.execPath) return "node";
  if (word.startsWith(checkout)) return word.slice(checkout.length);
  return /^[\w@%+=:,./^~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export class RunningCommand {
  readonly child: ChildProcess;
  readonly exited: Promise<CommandResult>;
  #stdout = "";
  #stderr = "";
  readonly #words: string;
  readonly #watchers = new Set<() => void>();

  constructor(line: CommandLine) {
    this.#words = line.args.join(" ");
    this.child = spawn(line.file, line.args, { cwd: line.cwd, env: line.env, stdio: "pipe" });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#collect("stdout", text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#collect("stderr", text));
    // A process that ends without reading all of it is no failure of the test.
    this.child.stdin?.on("error", () => {}).end(line.stdin ?? "");
    journalCommand({
      words: [line.file, ...line.args].map(asTyped).join(" "),
      status: () => this.#status(),
      stdout: () => this.#stdout,
      stderr: () => this.#stderr,
    });
    this.exited = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (exitCode, signal) => resolve(this.#result(exitCode, signal)));
    });
    whenFileEnds(() => {
      if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    });
  }

  /** Waits for the end. */
  async result(): Promise<CommandResult> {
    return within(this.exited, `'${this.#words}' to end`, () => this.output());
  }

  /** Waits until the output, stdout or stderr, holds that text. */
  async printed(text: string): Promise<void> {
    const seen = new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!this.#stdout.includes(text) && !this.#stderr.includes(text)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      this.exited.then(() => reject(new Error(`'${this.#words}' ended before '${text}'\n${this.output()}`)), reject);
      look();
    });
    await within(seen, `'${this.#words}' to print '${text}'`, () => this.output());
  }

  /** Sends a signal to that process alone and waits until it has ended. */
  async kill(signal: NodeJS.Signals): Promise<CommandResult> {
    this.child.kill(signal);
    return this.result();
  }

  output(): string {
    return `stdout:\n${this.#stdout}\nstderr:\n${this.#stderr}`;
  }

  #status(): string {
    const { exitCode, signalCode, pid } = this.child;
    if (exitCode !== null) return `exit code ${exitCode}`;
    if (signalCode !== null) return `killed by ${signalCode}`;
    return pid === undefined ? "never started" : "still runs";
  }

  #collect(stream: "stdout" | "stderr", text: string): void {
    if (stream === "stdout") this.#stdout += text;
    else this.#stderr += text;
    for (const look of [...this.#watchers]) look();
  }

  #result(exitCode: number | null, signal: NodeJS.Signals | null): CommandResult {
    let looked = exitCode === 0;
    whenFileEnds(() => {
      if (!looked)
        throw new Error(`'${this.#words}' ended with ${exitCode ?? signal}, and no test asked\n${this.output()}`);
    });
    return {
      stdout: this.#stdout,
      stderr: this.#stderr,
      get exitCode() {
        looked = true;
        return exitCode;
      },
      get signal() {
        looked = true;
        return signal;
      },
    };
  }
}
