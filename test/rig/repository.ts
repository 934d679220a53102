/** A repository in a temporary folder, with the real binary to run in it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { whenFileEnds } from "./clean-up.ts";
import { type Environment, makeEnvironment } from "./environment.ts";
import { type CommandResult, checkout, RunningCommand } from "./process.ts";

/** The real binary. */
export const binary = path.join(checkout, "bin", "sweepline.js");

/** Path in the repository to content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface RepositoryFacts {
  readonly files?: Files;
  /** A Git repository with the files in one commit; true where not said. */
  readonly git?: boolean;
  /** What `dvc init` writes; true where not said. */
  readonly dvc?: boolean;
}

export interface RunOptions {
  readonly stdin?: string;
  /** Added to the emptied environment. */
  readonly env?: Environment;
  /** Relative to the repository. */
  readonly cwd?: string;
}

const dvcFiles: Files = {
  ".dvc/config": "",
  ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  ".dvcignore": "# Add patterns of files dvc should ignore, which could improve\n# the performance.\n",
};

export class Repository {
  /** The folder of the repository, links resolved. */
  readonly folder: string;
  /** Its parent: the home and temporary folders lie there too, and there is room for remotes. */
  readonly root: string;
  readonly env: Environment;

  constructor(root: string) {
    this.root = root;
    this.folder = path.join(root, "repository");
    this.env = makeEnvironment(root);
    mkdirSync(this.folder);
  }

  /** Runs `sweepline ARGS` to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.start(args, options).result();
  }

  /** Runs `sweepline ARGS`, which must succeed, and returns its stdout. */
  async succeed(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options);
    if (exitCode !== 0) throw new Error(`'sweepline ${args.join(" ")}' ended with ${exitCode}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Starts `sweepline ARGS` and leaves it running; what still runs when the file's tests end is killed. */
  start(args: readonly string[], options: RunOptions = {}): RunningCommand {
    const isBuilt = existsSync(path.join(checkout, "dist", "main.cjs"));
    if (!isBuilt) throw new Error("dist/ is missing: run 'npm run build' first");
    return this.startProgram(process.execPath, [binary, ...args], options);
  }

  /** Starts any other program with the same environment, such as a real peer. */
  startProgram(file: string, args: readonly string[], options: RunOptions = {}): RunningCommand {
    return new RunningCommand({
      file,
      args,
      cwd: path.join(this.folder, options.cwd ?? ""),
      env: { ...this.env, ...options.env },
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    });
  }

  /** What `git ARGS` prints, without the last newline. Throws with its stderr where it fails. */
  git(...args: string[]): string {
    const output = execFileSync("git", args, {
      cwd: this.folder,
      env: this.env,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return output.replace(/\n$/, "");
  }

  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** A file's text. */
  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(path.join(this.folder, name));
  }

  /** Adds and commits everything, and returns the commit's id. */
  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  /**
   * All of it and of its surroundings as they stand now, in a root of its own: what costs much to make is made once for a
   * file, and each test changes its own.
   */
  copy(): Repository {
    const copy = new Repository(makeTemporaryFolder());
    execFileSync("cp", ["-a", `${this.root}/.`, copy.root]);
    return copy;
  }

  /** The names of the experiments' refs below refs/exps/, without the queue's. */
  experimentRefs(): string[] {
    return this.git("for-each-ref", "--format=%(refname)", "refs/exps")
      .split("\n")
      .filter((ref) => /^refs\/exps\/[0-9a-f]{2}\//.test(ref));
  }
}

/** A temporary folder, removed after the file's last test. Short, since the path of a socket has to fit in 100 bytes. */
export function makeTemporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "sl-")));
  whenFileEnds(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A repository of its own with those files, committed as "start". */
export function makeRepository(facts: RepositoryFacts = {}): Repository {
  const repository = new Repository(makeTemporaryFolder());
  if (facts.dvc !== false) repository.write(dvcFiles);
  repository.write(facts.files ?? {});
  if (facts.git === false) return repository;
  repository.git("init", "--quiet");
  repository.git("add", "--all");
  repository.git("commit", "--quiet", "--allow-empty", "--message", "start");
  return repository;
}
