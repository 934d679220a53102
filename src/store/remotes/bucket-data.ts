/**
 * What lies at an address in a bucket, which stages depend on and imports come from: told from other data by its ETags, as DVC
 * tells it (dvc_data: `md5` of a folder is that of the list of its files' ETags). Read through rclone.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isRecord, isText, parseJson } from "../../base/json.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import type { Project } from "../../project/project.ts";
import { callRclone, prepareRclone, type RcloneRemote } from "../rclone/call.ts";
import { folderMissing, requestFailed } from "../rclone/failures.ts";
import { etagTree, isInnerPath } from "../tree.ts";
import { lookAtWebFile } from "../web-file.ts";
import { bucketTarget } from "./open.ts";
import { filesAtOnce } from "./parallel.ts";
import { copyFiles } from "./rclone-copy.ts";

/** A file with its ETag, or a folder with the hash of its list of them. */
export type BucketFacts =
  | { readonly etag: string; readonly size: number }
  | { readonly md5: string; readonly size: number; readonly nfiles: number };

interface Found {
  readonly facts: BucketFacts;
  /** Of a folder: its files, relative to it. */
  readonly files: readonly string[] | undefined;
}

interface Listed {
  readonly name: string;
  readonly size: number;
  readonly md5: string | undefined;
}

/** What is uploaded in parts has an ETag that is no MD5 of it; no part but the last is smaller. */
const smallestPart = 5 << 20;

class BucketPlace {
  constructor(
    private readonly remote: RcloneRemote,
    private readonly address: string,
  ) {}

  private failed(words: string): SweeplineError {
    return requestFailed(`'${this.address}'`, words);
  }

  argument(inside = ""): string {
    const { prefix, target } = this.remote;
    return prefix + target.path + (inside === "" ? "" : `/${inside}`);
  }

  /** What lies there: a file under its own name alone, or all that is below; none where there is nothing. */
  private async list(...flags: readonly string[]): Promise<readonly unknown[]> {
    const { exitCode, stdout, words } = await callRclone(this.remote, {
      args: ["lsjson", "--hash", ...flags, this.argument()],
    });
    if (exitCode === folderMissing) throw this.failed("the bucket does not exist");
    if (exitCode !== 0) throw this.failed(words);
    const value = parseJson(stdout);
    return Array.isArray(value) ? value : [value];
  }

  private listed(value: unknown): Listed {
    if (isRecord(value) && isText(value.Path) && typeof value.Size === "number") {
      const md5 = isRecord(value.Hashes) ? value.Hashes.md5 : undefined;
      return { name: value.Path, size: value.Size, md5: isText(md5) && md5 !== "" ? md5 : undefined };
    }
    throw this.failed("rclone lists what is no file");
  }

  /** Of small files the MD5 that is listed; what it may not be of is asked for with an address that lets us in for a minute. */
  private async etagOf({ md5, size }: Listed, inside: string): Promise<string> {
    if (md5 !== undefined && size <= smallestPart) return md5;
    const link = await callRclone(this.remote, { args: ["link", "--expire=1m", this.argument(inside)] });
    if (link.exitCode !== 0) throw this.failed(link.words);
    const answer = await lookAtWebFile(link.stdout.trim());
    if (answer.file === undefined) throw this.failed(answer.why);
    return answer.file.checksum.replace(/^"|"$/g, "");
  }

  async look(): Promise<Found | undefined> {
    const [top] = await this.list("--stat");
    if (!isRecord(top) || top.IsDir !== true) {
      const file = this.listed(top);
      return { facts: { etag: await this.etagOf(file, ""), size: file.size }, files: undefined };
    }
    const files = (await this.list("--recursive", "--files-only", "--fast-list")).map((each) => this.listed(each));
    if (files.length === 0) return undefined;
    const outer = files.find(({ name }) => !isInnerPath(name));
    if (outer !== undefined) throw this.failed(`'${outer.name}' is no path of a file in a folder`);
    const entries: { relpath: string; etag: string }[] = [];
    for (const file of files) entries.push({ relpath: file.name, etag: await this.etagOf(file, file.name) });
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const { md5 } = etagTree(entries);
    return { facts: { md5, size, nfiles: files.length }, files: files.map(({ name }) => name) };
  }

  async download(files: readonly string[] | undefined, into: string, jobs: number | undefined): Promise<void> {
    if (files === undefined) {
      const { exitCode, words } = await callRclone(this.remote, { args: ["copyto", this.argument(), into] });
      if (exitCode !== 0) throw this.failed(words);
      return;
    }
    const copying = {
      remote: this.remote,
      jobs: filesAtOnce(jobs, undefined),
      fail: (words: string) => this.failed(words),
    };
    const task = { from: this.argument(), to: into, keys: files, missing: `is no longer at '${this.address}'` };
    const failures: Error[] = [];
    await copyFiles(copying, task, (_key, failure) => void (failure !== undefined && failures.push(failure)));
    const [failure] = failures;
    if (failure !== undefined) throw failure;
  }
}

async function openPlace(project: Project, address: string): Promise<BucketPlace> {
  const target = bucketTarget(project, address);
  const shown = withoutCredentials(address);
  if (target === undefined)
    throw new SweeplineError({ code: "URL_UNSUPPORTED", message: `'${shown}' is no address in a bucket of S3` });
  return new BucketPlace(await prepareRclone(target, process.env), shown);
}

/** Whether that is an address in a bucket that can be looked at: `s3://`, or `remote://NAME/` of such a remote. Throws REMOTE_UNSUPPORTED. */
export function isBucketAddress(project: Project, address: string): boolean {
  return bucketTarget(project, address) !== undefined;
}

/** What lies there now; undefined for nothing. Errors: REMOTE_DENIED, REMOTE_FAILED, RCLONE_MISSING. */
export async function lookInBucket(project: Project, address: string): Promise<BucketFacts | undefined> {
  return (await (await openPlace(project, address)).look())?.facts;
}

/** What tells it from other data: the ETag, or the hash of the list of them. */
export function bucketVersion(facts: BucketFacts): string {
  return "etag" in facts ? facts.etag : facts.md5;
}

/**
 * Writes it to a path where nothing is, and answers what it was; undefined for nothing. Errors: as of looking, and REMOTE_FAILED
 * where it changed meanwhile.
 */
export async function fetchFromBucket(
  project: Project,
  address: string,
  { into, jobs }: { readonly into: string; readonly jobs: number | undefined },
): Promise<BucketFacts | undefined> {
  const place = await openPlace(project, address);
  const before = await place.look();
  if (before === undefined) return undefined;
  await place.download(before.files, path.resolve(into), jobs);
  const after = await place.look();
  if (after !== undefined && bucketVersion(after.facts) === bucketVersion(before.facts)) return before.facts;
  throw requestFailed(`'${withoutCredentials(address)}'`, "it changed while it was fetched");
}
