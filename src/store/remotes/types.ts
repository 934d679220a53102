/**
 * A storage remote: a place outside the machine's cache that holds the same files in the same layout
 * (`files/md5/<2>/<30>`, `runs/<2>/<64>/<64>`), so that DVC finds what we wrote and we what DVC wrote.
 * One file a kind of remote; what is transferred and in which order is decided in transfer.ts, for all kinds.
 */
export interface StorageRemote {
  readonly name: string;
  /** Where it is, for messages. */
  readonly place: string;
  /** Whether the place exists: a folder that is not there may be a disk that is not mounted. */
  isThere(): Promise<boolean>;
  /** The names of what lies directly in a folder of the remote; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** The size of a file; undefined where there is none. */
  sizeOf(key: string): Promise<number | undefined>;
  /** The bytes of a small file; undefined where there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Stores a file whole or not at all; one of that name is replaced by the same bytes. */
  upload(file: string, key: string): Promise<void>;
  /** Writes the remote's file to a path where nothing is. Throws REMOTE_FILE_MISSING where the remote has it not. */
  download(key: string, file: string): Promise<void>;
  /** Takes a file away; one that is not there is no error. */
  remove(key: string): Promise<void>;
}

export interface TransferOptions {
  /** How many files at a time. */
  readonly jobs: number;
  /** Called after each file. */
  progress?(done: number, total: number): void;
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
