/**
 * Writes many objects through one `git fast-import`: blobs and commits of a whole sweep in one stream, no refs.
 * The objects are there once `finish()` has answered; before that nothing may name them.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { beforeEffect } from "../base/effects.ts";
import { isExpected } from "../base/errors.ts";
import { withChunks } from "../base/file-chunks.ts";
import { toldLater } from "../base/promises.ts";
import type { ObjectId } from "./ids.ts";
import { type Repository, zeroId } from "./repository.ts";
import { gitFailed, gitMissing, startGit } from "./run.ts";

/** A blob written in this stream (a mark) or one that is there already. */
export type BlobReference = { readonly mark: number } | { readonly id: ObjectId };

export interface TreeFile {
  /** From the root of the tree, "/" between the parts. */
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  readonly blob: BlobReference;
}

export interface ImportCommit {
  /** The tree that `files` are laid over. */
  readonly baseTree: ObjectId | null;
  readonly files: readonly TreeFile[];
  readonly parents: readonly (ObjectId | { readonly mark: number })[];
  /** `Name <mail> seconds zone`, as `git var` prints it. */
  readonly author: string;
  readonly message: string;
}

/** A throw-away branch: fast-import needs a name for a commit. It is reset at the end, so the ref is never made. */
const scratchRef = "refs/exps/exec/sweepline-import";

function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}

function reference(blob: { readonly mark: number } | { readonly id: ObjectId } | ObjectId): string {
  if (typeof blob === "string") return blob;
  return "mark" in blob ? `:${blob.mark}` : blob.id;
}

/** Made and ended by `importObjects`. */
class FastImport {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly out: string[] = [];
  private stderr = "";
  private readonly closed: Promise<number>;
  private lastMark = 0;
  private parts: (string | Uint8Array)[] = [];
  private pending = 0;

  constructor(private readonly repository: Repository) {
    this.child = startGit(["-c", "pack.compression=1", "fast-import", "--quiet", "--done"], {
      cwd: repository.workTree,
    });
    this.child.stdout.on("data", (chunk: Buffer) => this.out.push(chunk.toString()));
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.closed = new Promise((resolve, reject) => {
      this.child.on("error", (error) => reject(gitMissing(error)));
      this.child.on("close", (code) => resolve(code ?? 1));
    });
    toldLater(this.closed);
    this.child.stdin.on("error", () => undefined);
  }

  /** Adds a blob and returns its mark. */
  blob(content: string | Uint8Array): { readonly mark: number } {
    const mark = ++this.lastMark;
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.write(`blob\nmark :${mark}\ndata ${bytes.length}\n`);
    this.write(bytes);
    this.write("\n");
    return { mark };
  }

  /** As blob, for a file of any size: no more of it than a piece is in memory. */
  async blobOfFile(file: string): Promise<{ readonly mark: number }> {
    return withChunks(file, async ({ size, chunks }) => {
      const mark = ++this.lastMark;
      this.write(`blob\nmark :${mark}\ndata ${size}\n`);
      for (const chunk of chunks()) {
        this.write(chunk);
        await this.flush();
      }
      this.write("\n");
      return { mark };
    });
  }

  /** Adds a commit and returns its mark; its id comes with finish(). Awaits when git is slower than we are. */
  async commit(commit: ImportCommit): Promise<{ readonly mark: number }> {
    const mark = ++this.lastMark;
    const message = Buffer.from(commit.message);
    const [first, ...others] = commit.parents;
    const lines = [
      `reset ${scratchRef}`,
      ...(first === undefined ? [] : [`from ${reference(first)}`, ""]),
      `commit ${scratchRef}`,
      `mark :${mark}`,
      `author ${commit.author}`,
      `committer ${commit.author}`,
      `data ${message.length}`,
    ];
    this.write(`${lines.join("\n")}\n`);
    this.write(message);
    this.write("\n");
    for (const parent of others) this.write(`merge ${reference(parent)}\n`);
    this.write(commit.baseTree === null ? "deleteall\n" : `M 040000 ${commit.baseTree} ""\n`);
    for (const file of commit.files) this.write(`M ${file.mode} ${reference(file.blob)} ${quotePath(file.path)}\n`);
    this.write(`\nget-mark :${mark}\n`);
    if (this.pending > 1 << 16) await this.flush();
    return { mark };
  }

  /**
   * Ends the stream after a failure of ours: without that git waits for more, and we for git. What was written is garbage
   * that no ref names.
   */
  async abandon(): Promise<void> {
    // The failure that brought us here says more than git's about it.
    await this.finish().catch((error: unknown) => {
      if (!isExpected(error)) throw error;
    });
  }

  /** Ends the stream. Returns the ids of the commits in the order of their making. */
  async finish(): Promise<readonly ObjectId[]> {
    this.write(`reset ${scratchRef}\nfrom ${zeroId(this.repository)}\n\ndone\n`);
    await this.flush();
    this.child.stdin.end();
    const exitCode = await this.closed;
    if (exitCode !== 0) throw gitFailed(["fast-import"], this.stderr);
    return this.out
      .join("")
      .split("\n")
      .filter((line) => line !== "") as ObjectId[];
  }

  private write(part: string | Uint8Array): void {
    this.parts.push(part);
    this.pending += part.length;
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
    this.parts = [];
    this.pending = 0;
    const { stdin } = this.child;
    beforeEffect("object", "fast-import");
    // To a git that died, writing is over: finish() tells why.
    if (!stdin.writable || stdin.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        stdin.off("drain", goOn);
        stdin.off("close", goOn);
        resolve();
      };
      stdin.on("drain", goOn);
      stdin.on("close", goOn);
    });
  }
}

/**
 * Runs `work` with a stream and ends it, whatever happens. Returns what `work` made of it: the ids of its commits in the
 * order of their making. Errors: those of `work`; GIT_FAILED where git refuses.
 */
export async function importObjects(
  repository: Repository,
  work: (stream: FastImport) => Promise<void>,
): Promise<readonly ObjectId[]> {
  const stream = new FastImport(repository);
  try {
    await work(stream);
  } catch (error) {
    await stream.abandon();
    throw error;
  }
  return stream.finish();
}

export type ImportStream = FastImport;
