/** Remotes that rclone reaches: buckets, servers, drives. One process for many files. */
import path from "node:path";
import { asideName, asideWriter } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { callRclone, prepareRclone, type RcloneEnd, type RcloneRemote } from "../rclone/call.ts";
import { folderMissing, requestFailed } from "../rclone/failures.ts";
import type { RcloneTarget } from "../rclone/types.ts";
import { filesAtOnce } from "./parallel.ts";
import { type Copying, copyFiles } from "./rclone-copy.ts";
import type { FilePattern, StorageRemote, TransferTasks, Upload } from "./types.ts";
import { uploadBatches, withSourceFolders } from "./upload-batches.ts";

/** Up to so many files are asked for one by one; above, a listing may be cheaper. */
const askedByName = 256;
/** Questions at a time. rclone opens ten connections of SFTP a second at most: more take longer than what they save. */
const questionsAtOnce = 32;
const questionsOverSftp = 8;
/** What servers answer at once. */
const namesInPage = 1000;
const objectFolders = 256;
/** Where files wait that are not whole yet; below it a folder for each process that writes. */
const waitingFolder = ".sweepline";

interface Place {
  readonly name: string;
  readonly place: string;
  readonly env: NodeJS.ProcessEnv;
  /** An absolute folder of ours. */
  readonly scratch: string;
  /** Files at a time where none is asked for. */
  readonly jobs?: number | undefined;
}

class RcloneStorage implements StorageRemote {
  readonly name: string;
  readonly place: string;
  private prepared: Promise<RcloneRemote> | undefined;
  private isBucketKnown = false;
  private isTidied = false;
  /** Folders of which a listing said that they are not there, until something is moved into them. */
  private readonly absent = new Set<string>();

  constructor(
    private readonly at: Place,
    private readonly target: RcloneTarget,
  ) {
    this.name = at.name;
    this.place = at.place;
  }

  private remote(): Promise<RcloneRemote> {
    this.prepared ??= prepareRclone(this.target, this.at.env);
    return this.prepared;
  }

  /** `sweepline:bucket/folder/files/md5` */
  private argument({ prefix, target }: RcloneRemote, inside = ""): string {
    if (inside === "") return prefix + target.path;
    return prefix + (target.path === "" ? inside : `${target.path.replace(/\/$/, "")}/${inside}`);
  }

  private failed(words: string): SweeplineError {
    return requestFailed(`remote '${this.name}' (${this.place})`, words);
  }

  private async bucketIsThere(): Promise<boolean> {
    const { bucket } = this.target;
    if (bucket === undefined || this.isBucketKnown) return true;
    const remote = await this.remote();
    const { exitCode, words } = await callRclone(remote, {
      args: ["lsf", "--max-depth=1", "--files-only", remote.prefix + bucket],
    });
    if (exitCode === folderMissing) return false;
    if (exitCode !== 0) throw this.failed(words);
    this.isBucketKnown = true;
    return true;
  }

  /** Nothing was found: in a bucket that is there? */
  private async checkBucket(): Promise<void> {
    if (await this.bucketIsThere()) return;
    throw this.failed(`the bucket '${this.target.bucket}' does not exist`);
  }

  isThere(): Promise<boolean> {
    return this.bucketIsThere();
  }

  /** Lines of `rclone lsf`: keys and sizes; none where the folder is not there, which `absent` is told. */
  private async lookUp(
    args: readonly string[],
    { files, absent }: { readonly files?: readonly string[]; absent?(): unknown },
  ): Promise<Map<string, number>> {
    const remote = await this.remote();
    const end = await callRclone(remote, {
      args: ["lsf", "--recursive", "--files-only", "--format=ps", "--separator=\t", ...args],
      ...(files === undefined ? {} : { files }),
    });
    if (end.exitCode === folderMissing) absent?.();
    else if (end.exitCode !== 0) throw this.failed(end.words);
    const found = new Map<string, number>();
    for (const line of end.stdout.split("\n")) {
      const [key = "", size = ""] = line.split("\t");
      if (key !== "") found.set(key, Number(size));
    }
    if (found.size === 0) await this.checkBucket();
    else this.isBucketKnown = true;
    return found;
  }

  private async byName(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (keys.length === 0) return new Map();
    const questions = this.target.backend.type === "sftp" ? questionsOverSftp : questionsAtOnce;
    return this.lookUp([`--checkers=${this.jobs(questions)}`, this.argument(await this.remote())], { files: keys });
  }

  private async listed({ folder, names }: FilePattern): Promise<ReadonlyMap<string, number>> {
    const args = ["--fast-list", `--include=/${names.join("/")}`, this.argument(await this.remote(), folder)];
    const inside = await this.lookUp(args, {
      // Of one folder of many nothing is kept.
      absent: () => names.length > 1 && this.absent.add(folder),
    });
    return folder === "" ? inside : new Map([...inside].map(([key, size]) => [`${folder}/${key}`, size]));
  }

  async list(files: FilePattern): Promise<readonly string[]> {
    return [...(await this.listed(files)).keys()];
  }

  /** Whether a listing of all objects takes fewer questions than one for each of them: judged by one of their folders. */
  private async isListingCheaper(keys: readonly string[]): Promise<boolean> {
    if (keys.length <= askedByName || this.target.backend.type === "http") return false;
    const folder = path.posix.dirname(keys[0] ?? "");
    const { size } = await this.listed({ folder: folder === "." ? "" : folder, names: ["*"] });
    return objectFolders * Math.ceil((size + 1) / namesInPage) < keys.length;
  }

  async existing(keys: readonly string[]): Promise<ReadonlyMap<string, number | undefined>> {
    if (!(await this.isListingCheaper(keys))) return this.byName(keys);
    const folders = new Set(keys.map((key) => path.posix.dirname(path.posix.dirname(key))));
    const there = new Map<string, number>();
    for (const folder of folders)
      for (const [key, size] of await this.listed({ folder: folder === "." ? "" : folder, names: ["*", "*"] }))
        there.set(key, size);
    return new Map(keys.flatMap((key) => (there.has(key) ? [[key, there.get(key)] as const] : [])));
  }

  sizes(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.byName(keys);
  }

  private jobs(asked: number | undefined): number {
    const jobs = filesAtOnce(asked, this.at.jobs);
    return Math.max(1, Math.min(jobs, this.target.mostJobs ?? jobs));
  }

  private async copying({ jobs, bytes }: TransferTasks): Promise<Copying> {
    const fail = (words: string) => this.failed(words);
    return { remote: await this.remote(), jobs: this.jobs(jobs), fail, ...(bytes === undefined ? {} : { bytes }) };
  }

  private async writes(): Promise<"direct" | "aside"> {
    const { writes } = this.target;
    if (writes === "direct" || writes === "aside") return writes;
    if (writes === "never")
      throw new SweeplineError({
        code: "REMOTE_UNSUPPORTED",
        message: `remote '${this.name}' is for reading only: ${this.place}`,
        hint: "Push to the server behind it by another way, such as ssh:// or s3://.",
      });
    const remote = await this.remote();
    const { stdout } = await callRclone(remote, { args: ["backend", "features", this.argument(remote)] });
    return /"BucketBased": true/.test(stdout) || !/"(Move|Copy)": true/.test(stdout) ? "direct" : "aside";
  }

  async upload(files: readonly Upload[], tasks: TransferTasks): Promise<void> {
    if (files.length === 0) return;
    const writes = await this.writes();
    const remote = await this.remote();
    const waiting = `${waitingFolder}/${path.posix.basename(asideName("push"))}`;
    if (writes === "aside") await this.tidy(remote);
    try {
      await uploadBatches(files, tasks, async (batch, batchTasks) => {
        const copying = await this.copying(batchTasks);
        const to = this.argument(remote, writes === "aside" ? waiting : "");
        const copied: string[] = [];
        await withSourceFolders(batch, this.at.scratch, async (from, keys) => {
          const task = { from, to, keys, missing: "can't be read here" };
          await copyFiles(copying, task, async (key, failure) => {
            if (failure === undefined && writes === "aside") copied.push(key);
            else await batchTasks.done(key, failure);
          });
        });
        if (copied.length === 0) return;
        await this.moveIn(copying, { from: to, keys: copied, isAll: copied.length === batch.length }, batchTasks.done);
      });
    } finally {
      if (writes === "aside") await this.purge(remote, waiting);
    }
  }

  /** Moves files that are whole to where their keys say. isAll: nothing else is in the waiting folder. */
  private async moveIn(copying: Copying, { from, keys, isAll }: Waiting, done: TransferTasks["done"]): Promise<void> {
    for (const { folder, names } of byTopFolder(keys, isAll ? this.absent : none)) {
      // From beside the folder that they go to: rclone moves nothing from inside of one into it.
      const task = {
        from: `${from}/${folder}`,
        to: this.argument(copying.remote, folder),
        missing: "was lost on the way",
      };
      const told = (key: string, failure?: Error) => done(`${folder}/${key}`, failure);
      if (this.absent.delete(folder) && isAll) {
        await copyFiles(copying, { ...task, keys: names, way: "move folder" }, told);
        continue;
      }
      // What another process has moved there meanwhile is in the way on some servers.
      const again: string[] = [];
      await copyFiles(copying, { ...task, keys: names, way: "move" }, (key, failure) => {
        if (failure === undefined) return told(key);
        again.push(key);
        return undefined;
      });
      if (again.length > 0) await copyFiles(copying, { ...task, keys: again, way: "replace" }, told);
    }
  }

  private purge(remote: RcloneRemote, folder: string): Promise<RcloneEnd> {
    // What can't be removed now is removed by the next upload.
    return callRclone(remote, { args: ["purge", this.argument(remote, folder)] });
  }

  /** Removes what processes of this machine left that were killed. */
  private async tidy(remote: RcloneRemote): Promise<void> {
    if (this.isTidied) return;
    this.isTidied = true;
    const { stdout } = await callRclone(remote, { args: ["lsf", "--dirs-only", this.argument(remote, waitingFolder)] });
    for (const name of stdout.split("\n").map((line) => line.replace(/\/$/, "")))
      if (asideWriter(name) === "dead") await this.purge(remote, `${waitingFolder}/${name}`);
  }

  async download(keys: readonly string[], tasks: TransferTasks & { readonly into: string }): Promise<void> {
    if (keys.length === 0) return;
    const from = this.argument(await this.remote());
    const task = { from, to: tasks.into, keys, missing: `is not in remote '${this.name}'` };
    await copyFiles(await this.copying(tasks), task, tasks.done);
  }

  async remove(keys: readonly string[], jobs: number | undefined): Promise<void> {
    if (keys.length === 0) return;
    const remote = await this.remote();
    const many = [`--checkers=${this.jobs(jobs)}`, `--transfers=${this.jobs(jobs)}`];
    const { exitCode, words } = await callRclone(remote, {
      args: ["delete", ...many, this.argument(remote)],
      files: keys,
    });
    if (exitCode !== 0) throw this.failed(words);
  }
}

interface Waiting {
  readonly from: string;
  readonly keys: readonly string[];
  readonly isAll: boolean;
}

const none: ReadonlySet<string> = new Set();

/** Keys without their first folder or, where that is absent, without the absent one that they are in. */
function byTopFolder(keys: readonly string[], absent: ReadonlySet<string>) {
  const folders = new Map<string, string[]>();
  for (const key of keys) {
    const folder = [...absent].find((each) => key.startsWith(`${each}/`)) ?? key.slice(0, key.indexOf("/"));
    const name = key.slice(folder.length + 1);
    const inside = folders.get(folder);
    if (inside === undefined) folders.set(folder, [name]);
    else inside.push(name);
  }
  return [...folders].map(([folder, names]) => ({ folder, names }));
}

/** @param at `place` is for messages; `scratch` a folder of ours on this machine. Nothing is contacted yet. */
export function rcloneRemote(at: Omit<Place, "place"> & { readonly url: string }, target: RcloneTarget): StorageRemote {
  return new RcloneStorage({ ...at, place: withoutCredentials(at.url) }, target);
}
