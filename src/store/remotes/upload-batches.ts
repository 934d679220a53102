/** Uploads in parts, so that a process that dies loses little, and from wherever the files lie here. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { makeFolder, notAFile, removeTree, statSync, symlink } from "../../base/files.ts";
import type { ByteProgress, TransferTasks, Upload } from "./types.ts";

const mostFiles = 5_000;
const mostBytes = 4 * 1024 ** 3;

interface SizedUpload extends Upload {
  readonly size: number;
}

function* batchesOf(files: readonly SizedUpload[]): Generator<readonly SizedUpload[]> {
  let batch: SizedUpload[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length >= mostFiles || bytes + file.size > mostBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}

/** Does the work for each part, one after the other; bytes are told as of all of them. */
export async function uploadBatches(
  files: readonly Upload[],
  tasks: TransferTasks,
  work: (batch: readonly Upload[], tasks: TransferTasks) => Promise<void>,
): Promise<void> {
  const sized: SizedUpload[] = [];
  for (const each of files) {
    const stats = statSync(each.file, { throwIfNoEntry: false });
    if (stats?.isFile()) sized.push({ ...each, size: stats.size });
    else await tasks.done(each.key, notAFile(each.file));
  }
  const totalBytes = sized.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const asOfAll = (state: ByteProgress): ByteProgress => {
    const bytes = before + state.bytes;
    const rate = state.bytesPerSecond;
    return { ...state, bytes, totalBytes, secondsLeft: rate > 0 ? (totalBytes - bytes) / rate : undefined };
  };
  for (const batch of batchesOf(sized)) {
    const { bytes } = tasks;
    await work(batch, { ...tasks, ...(bytes === undefined ? {} : { bytes: (state) => bytes(asOfAll(state)) }) });
    before += batch.reduce((sum, { size }) => sum + size, 0);
  }
}

/**
 * Calls `work` with folders below which the files lie as their keys say: the cache itself or, for files that lie elsewhere, a
 * folder of links.
 */
export async function withSourceFolders(
  files: readonly Upload[],
  scratch: string,
  work: (folder: string, keys: readonly string[]) => Promise<void>,
): Promise<void> {
  const folders = new Map<string, string[]>();
  const elsewhere: Upload[] = [];
  for (const { file, key } of files) {
    const isInPlace = file.endsWith(`/${key}`);
    if (!isInPlace) elsewhere.push({ file, key });
    else {
      const folder = file.slice(0, -key.length - 1);
      const keys = folders.get(folder);
      if (keys === undefined) folders.set(folder, [key]);
      else keys.push(key);
    }
  }
  for (const [folder, keys] of folders) await work(folder, keys);
  if (elsewhere.length === 0) return;
  const links = asideName(path.join(scratch, "upload"));
  try {
    for (const { file, key } of elsewhere) {
      makeFolder(path.dirname(path.join(links, key)));
      symlink(path.resolve(file), path.join(links, key));
    }
    await work(
      links,
      elsewhere.map(({ key }) => key),
    );
  } finally {
    removeTree(links);
  }
}
