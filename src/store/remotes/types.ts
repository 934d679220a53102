/**
 * A storage remote: a place outside the machine's cache that holds the same files in the same layout
 * (`files/md5/<2>/<30>`, `runs/<2>/<64>/<64>`), so that DVC finds what we wrote and we what DVC wrote.
 * One file a kind of remote. Each request is for many files, since some kinds need a process for each request; what is
 * transferred and in which order is decided in push-objects.ts and pull-objects.ts, for all kinds.
 */
export interface StorageRemote {
  readonly name: string;
  /** Where it is, for messages: without credentials. */
  readonly place: string;
  /** Whether the place exists: a folder that is not there may be a disk that is not mounted. */
  isThere(): Promise<boolean>;
  /** Which of these files are there; with their sizes where the kind of remote tells them on the way. */
  existing(keys: readonly string[]): Promise<ReadonlyMap<string, number | undefined>>;
  /** All files whose keys match, in any order; none where there is no such folder. */
  list(files: FilePattern): Promise<readonly string[]>;
  /** The sizes of those files that are there. */
  sizes(keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Stores each file whole or not at all; one of that name is replaced by the same bytes. */
  upload(files: readonly Upload[], tasks: TransferTasks): Promise<void>;
  /** Writes the files to `into/<key>`, where nothing is; a file that the remote has not fails with REMOTE_FILE_MISSING. */
  download(keys: readonly string[], tasks: DownloadTasks): Promise<void>;
  /** Takes files away; one that is not there is no error. */
  remove(keys: readonly string[], jobs: number | undefined): Promise<void>;
}

export interface FilePattern {
  /** "" for the remote's top. */
  readonly folder: string;
  /** Of each folder on the way down from there and, last, of the file: `*` and `[0-9a-f]` count. */
  readonly names: readonly string[];
}

export interface Upload {
  readonly file: string;
  readonly key: string;
}

export interface TransferTasks {
  /** How many files at a time, as asked; undefined: as the remote's settings say, or 4 a processor. */
  readonly jobs: number | undefined;
  /** Called once for each file as it ends, with the error that is expected of single files; waited for. */
  done(key: string, failure?: Error): Promise<void> | void;
  /** Called now and then by remotes that know how many bytes went over. */
  bytes?(state: ByteProgress): void;
}

export interface DownloadTasks extends TransferTasks {
  /** An absolute folder, on the file system where the files will stay. */
  readonly into: string;
}

export interface ByteProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** undefined: nobody knows yet. */
  readonly secondsLeft: number | undefined;
}

export interface TransferProgressState {
  /** Files that have ended, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly bytes?: ByteProgress;
}

export interface TransferOptions {
  /** How many files at a time, as asked; undefined: as the remote's settings say, or 4 a processor. */
  readonly jobs: number | undefined;
  /** Called after each file, and now and then. */
  progress?(state: TransferProgressState): void;
  /** "replace": objects of the remote that have another size than those of the cache are uploaded again. */
  readonly damaged?: "replace";
}

/** By the hash of a folder's list: which of its files are meant, by their path relative to it. Default: all. */
export type FolderParts = ReadonlyMap<string, (relpath: string) => boolean>;

/** Objects, and the files of those that are folders. */
export interface ObjectSelection {
  readonly hashes: Iterable<string>;
  readonly parts?: FolderParts;
}

export interface TransferOutcome {
  /** Objects that were written. */
  readonly transferred: number;
  /** Hashes of objects that are neither here nor there. */
  readonly missing: readonly string[];
  readonly failed: readonly { readonly md5: string; readonly message: string }[];
}
