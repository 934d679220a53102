/** Runs one git command. Every git process of ours starts here or through `startGit`, with the same environment. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { beforeEffect } from "../base/effects.ts";
import { wordsOfSystemError } from "../base/errno.ts";
import { isStartFailure, SweeplineError } from "../base/errors.ts";
import { withoutCredentials } from "../base/text/secrets.ts";
import { beginSpan, isTracing, note } from "../base/trace.ts";
import { repositoryRefused } from "./prose.ts";
import { dieWithGit, endWithUs } from "./signals.ts";

export interface GitOptions {
  readonly cwd: string;
  /** Added to the environment: GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY... */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** After so many bytes of answer git is ended, and the answer cut: it may go on for ever. */
  readonly most?: number;
  /** "needed": may ask for a password (a remote's). Absent: out of the terminal's reach, see `startProcess`. */
  readonly terminal?: "needed";
}

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** There was more than `most`. */
  readonly isCut: boolean;
}

/** What takes git away from the repository of the folder it is started in. */
export const withoutRepository: Readonly<Record<string, undefined>> = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_NAMESPACE: undefined,
};

/**
 * The caller's environment without what would point git at another repository (a hook of the user's sets GIT_DIR),
 * messages in English, no prompts, no optional locks.
 */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const {
    GIT_LITERAL_PATHSPECS: _literal,
    GIT_GLOB_PATHSPECS: _glob,
    GIT_NOGLOB_PATHSPECS: _noGlob,
    GIT_ICASE_PATHSPECS: _ignoreCase,
    ...rest
  } = process.env;
  const pinned = { LC_ALL: "C", LANGUAGE: "", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
  return { ...rest, ...withoutRepository, ...pinned, ...extra };
}

/**
 * Settings that would make git start helpers of its own, write more than asked (in submodules), or refuse a file for
 * its line ends: what we add goes into an index of our own, and the user's file stays as it is.
 */
const pinnedSettings = [
  ["core.fsmonitor", "false"],
  ["core.safecrlf", "false"],
  ["submodule.recurse", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  // Addresses that are a command, or a descriptor, which is never read to its end: .dvc files may hold any.
  ["protocol.ext.allow", "never"],
  ["protocol.fd.allow", "never"],
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);

function settingsFor({ env }: GitOptions): readonly string[] {
  // The shared part of a split index lies in the Git directory, where that of an index of ours would stay for weeks.
  return env?.GIT_INDEX_FILE === undefined ? pinnedSettings : [...pinnedSettings, "-c", "core.splitIndex=false"];
}

interface GitProcess {
  readonly program: string;
  readonly args: readonly string[];
  /** For the record of effects. */
  readonly words: string;
  /** Our own part of the arguments: for the trace. */
  readonly shown: readonly string[];
  /** "long": serves many requests, beside others. */
  readonly life: "short" | "long";
}

/** Where somebody looks: the call, where it ran and how it ended, and of a long-lived one also that it began. */
function traceProcess(child: ChildProcess, { shown, life }: GitProcess, options: GitOptions): void {
  const end = beginSpan({ topic: "git", name: shown[0] ?? "", ...(life === "long" ? { lane: "own" } : {}) });
  if (end === undefined) return;
  const call = () => withoutCredentials(shown.slice(1).join(" "));
  const place = () => (options.env?.GIT_INDEX_FILE === undefined ? options.cwd : `${options.cwd}, own index`);
  if (life === "long") note("git", () => `${shown[0]} ${call()}: started in ${place()}, pid ${child.pid}`);
  child.once("close", (code, signal) => end(() => `${call()}: exit ${code ?? signal}, in ${place()}`));
}

/**
 * In a session of its own: Ctrl+C in a terminal goes to all processes of its group, and one that we stop cleanly after
 * needs its git until the end. Git ends with us all the same (signals.ts).
 */
function startProcess(git: GitProcess, options: GitOptions): ChildProcessWithoutNullStreams {
  const { program, args, words } = git;
  try {
    beforeEffect("git", words);
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: gitEnvironment(options.env),
      stdio: "pipe",
      detached: options.terminal === undefined,
    });
    if (child.pid !== undefined) endWithUs(child);
    if (isTracing()) traceProcess(child, git, options);
    // Without a descriptor left Node makes no pipes, whatever the types say.
    if (child.pid !== undefined || (child.stdin as unknown)) return child;
    child.on("error", () => undefined);
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    throw gitMissing(error);
  }
  throw gitMissing(Object.assign(new Error("too many open files"), { code: "EMFILE" }));
}

/** Starts a git process that serves many requests, and leaves its streams to the caller. */
export function startGit(args: readonly string[], options: GitOptions): ChildProcessWithoutNullStreams {
  return startProcess(gitProcess(args, options, "long"), options);
}

function gitProcess(args: readonly string[], options: GitOptions, life: GitProcess["life"]): GitProcess {
  const words = args.slice(0, 2).join(" ");
  return { program: "git", args: [...settingsFor(options), ...args], words, shown: args, life };
}

/** What an `error` event of a git process means. */
export function gitMissing(error: NodeJS.ErrnoException): SweeplineError {
  if (error.code !== "ENOENT")
    return new SweeplineError({
      code: "GIT_NOT_STARTED",
      message: `git could not be started: ${wordsOfSystemError(error) ?? error.message}`,
      hint: "Processes, memory or open files are used up (`ulimit -a` shows the limits): fewer --jobs need less of them.",
    });
  return new SweeplineError({
    code: "GIT_NOT_FOUND",
    message: "git was not found",
    hint: "Install Git 2.30 or newer and put it on the PATH.",
  });
}

/** Runs git to its end and returns what it did, also when it failed. */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  return collect(startProcess(gitProcess(args, options, "short"), options), options);
}

function collect(
  child: ChildProcessWithoutNullStreams,
  { input, terminal, most = Number.POSITIVE_INFINITY }: GitOptions,
): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let received = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received <= most) out.push(chunk);
      else child.kill();
    });
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => reject(gitMissing(error)));
    child.on("close", (code, signal) => {
      if (terminal !== undefined && dieWithGit(signal)) return;
      resolve({
        exitCode: code ?? (signal ? 128 : 1),
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString(),
        isCut: received > most,
      });
    });
    // Git may stop reading early (EPIPE): its exit code tells what happened.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

/** Runs git and returns its stdout; throws GIT_FAILED with git's own words where it fails. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const outcome = await tryGit(args, options);
  if (outcome.exitCode !== 0) throw gitFailed(args, outcome.stderr);
  return outcome.stdout.toString();
}

/** What a git command's failure means: GIT_REFUSED for a repository that git will not touch, else GIT_FAILED. */
export function gitFailed(args: readonly string[], stderr: string): SweeplineError {
  const words = stderr.trim().split("\n").slice(-4).join("\n");
  return (
    repositoryRefused(stderr) ??
    new SweeplineError({ code: "GIT_FAILED", message: `git ${args[0] ?? ""} failed: ${words || "no message"}` })
  );
}

type GitCommand = readonly string[];

/** One git command; or several that list, and one that reads their lists from a file once all have succeeded. */
export type GitStep =
  | GitCommand
  | { readonly lists: readonly GitCommand[]; readonly file: string; readonly reader: GitCommand };

/**
 * Several git commands one after the other in one process of ours: starting a process from Node costs more than what
 * a small git command does. The first that fails ends the sequence with its exit code. A fixed script runs them;
 * arguments are passed as positional parameters, never pasted into it.
 */
export async function tryGitSequence(steps: readonly GitStep[], options: GitOptions): Promise<GitOutcome> {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined && !("lists" in only)) return tryGit(only, options);
  const words: string[] = [];
  const parameter = (word: string) => `"\${${words.push(word)}}"`;
  const shellCommand = (command: GitCommand) =>
    `git ${settingsFor(options).join(" ")} ${command.map(parameter).join(" ")}`;
  const script = steps.map((step, at) => {
    // The last one takes the shell's place: one process fewer.
    if (!("lists" in step)) return at === steps.length - 1 ? `exec ${shellCommand(step)}` : shellCommand(step);
    const file = parameter(step.file);
    return `{ ${step.lists.map(shellCommand).join(" && ")}; } > ${file} && ${shellCommand(step.reader)} < ${file}`;
  });
  const shown = steps.flatMap((step) => ("lists" in step ? [...step.lists, step.reader] : [step]));
  const shell: GitProcess = {
    program: "/bin/sh",
    args: ["-c", script.join(" && "), "git", ...words],
    words: shown.map(([name]) => name).join(", "),
    shown: shown.flatMap((command, at) => (at === 0 ? command : ["&&", ...command])),
    life: "short",
  };
  return collect(startProcess(shell, options), options);
}
