/**
 * One long-lived `git cat-file --batch`: many objects, one process. Answers come in the order of the questions.
 * Rules of use: a name holds no newline; after close() nothing may be asked; if git dies, all open questions fail.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId } from "./ids.ts";
import { repositoryRefused } from "./prose.ts";
import type { Repository } from "./repository.ts";
import { gitMissing, startGit } from "./run.ts";

export interface GitObject {
  readonly id: ObjectId;
  readonly type: "blob" | "tree" | "commit" | "tag";
  readonly content: Buffer;
}

interface Question {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

export class CatFile {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly questions: Question[] = [];
  private answered = 0;
  private chunks: Buffer[] = [];
  private buffered = 0;
  /** Bytes needed before the next look at the buffer is worth it. */
  private wanted = 1;
  private failure: Error | undefined;
  /** Questions of this turn, which go to git in one write. */
  private unsent = "";

  constructor(repository: Repository) {
    this.child = startGit(["cat-file", "--batch"], { cwd: repository.workTree });
    this.child.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    this.child.on("error", (error) => this.fail(gitMissing(error)));
    let stderr = "";
    this.child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    this.child.on("close", () =>
      this.fail(
        repositoryRefused(stderr) ?? new SweeplineError({ code: "GIT_DIED", message: "git cat-file ended early" }),
      ),
    );
    this.child.stdin.on("error", () => undefined);
  }

  /** The object of a name (id, `REV:path`, `REV^{tree}`), or undefined where there is none. */
  read(name: string): Promise<GitObject | undefined> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    if (this.failure) return Promise.reject(this.failure);
    if (this.unsent === "") queueMicrotask(() => this.send());
    this.unsent += `${name}\n`;
    return new Promise((resolve, reject) => this.questions.push({ resolve, reject }));
  }

  /** Many at once, in order. */
  readAll(names: readonly string[]): Promise<readonly (GitObject | undefined)[]> {
    return Promise.all(names.map((name) => this.read(name)));
  }

  private send(): void {
    if (this.unsent !== "") this.child.stdin.write(this.unsent);
    this.unsent = "";
  }

  close(): void {
    this.send();
    this.failure ??= new SweeplineError({ code: "GIT_DIED", message: "git cat-file was closed" });
    this.child.stdin.end();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (this.buffered < this.wanted) return;
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (;;) {
      const used = this.answer(rest);
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    this.chunks = rest.length > 0 ? [rest] : [];
    this.buffered = rest.length;
  }

  /** Takes one answer from the front of the buffer; returns the bytes it used, 0 where it is not whole yet. */
  private answer(buffer: Buffer): number {
    this.wanted = buffer.length + 1;
    const newline = buffer.indexOf(10);
    if (newline < 0) return 0;
    const header = buffer.toString("utf8", 0, newline);
    const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(header);
    if (found === null) {
      this.next()?.resolve(undefined);
      return newline + 1;
    }
    const end = newline + 1 + Number(found[3]);
    if (buffer.length < end + 1) {
      this.wanted = end + 1;
      return 0;
    }
    const content = Buffer.from(buffer.subarray(newline + 1, end));
    this.next()?.resolve({ id: found[1] as ObjectId, type: found[2] as GitObject["type"], content });
    return end + 1;
  }

  private next(): Question | undefined {
    const question = this.questions[this.answered];
    this.answered += 1;
    // Dropping answered questions in blocks keeps this linear.
    if (this.answered > 1024) {
      this.questions.splice(0, this.answered);
      this.answered = 0;
    }
    return question;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const question of this.questions.splice(this.answered)) question.reject(error);
  }
}
