/**
 * Writing a file that the user named: whole, at the end of the links, and never in the place of what is no file. Someone who
 * names a device or a pipe wants it written to; replacing /dev/null would break the machine.
 */
import path from "node:path";
import { systemErrorCode } from "./errors.ts";
import {
  fstatSync,
  lstatIfExists,
  readlinkSync,
  realpathSync,
  statSync,
  writeAtomic,
  writePrivateFile,
} from "./files.ts";
import { writeOpen } from "./open-files.ts";

const mostLinks = 40;

/** The descriptor of ours that a path stands for. */
function descriptorOf(file: string): number | undefined {
  const found = /^(?:\/dev\/fd|\/proc\/(?:self|thread-self)\/fd)\/(\d{1,6})$/.exec(file);
  return found === null ? undefined : Number(found[1]);
}

/** Where the links end; that need not exist. The link of a descriptor is not followed. */
function throughLinks(file: string): string {
  let at = path.resolve(file);
  for (let links = 0; links < mostLinks; links++) {
    if (descriptorOf(at) !== undefined || !lstatIfExists(at)?.isSymbolicLink()) return at;
    at = path.resolve(realpathSync(path.dirname(at)), readlinkSync(at));
  }
  return at;
}

/** Where a file can be written but not replaced: its folder is not ours, or it is mounted by itself (a container's). */
const irreplaceable = new Set(["EACCES", "EPERM", "EBUSY", "EROFS"]);

function replaceWhole(file: string, data: string | Uint8Array, mode: number): void {
  try {
    writeAtomic(file, data, { mode });
  } catch (error) {
    if (!irreplaceable.has(systemErrorCode(error) ?? "")) throw error;
    writePrivateFile(file, data);
  }
}

/**
 * Writes what the user named. A file is replaced whole, through links, and keeps its rights; a device or a pipe is
 * written to as it is. A file behind a descriptor (/dev/stdout that was redirected) goes on where it is.
 */
export function writeNamedFile(file: string, data: string | Uint8Array): void {
  const target = throughLinks(file);
  const handle = descriptorOf(target);
  const there = statSync(target, { throwIfNoEntry: false });
  if (handle !== undefined && fstatSync(handle).isFile()) writeOpen(handle, data);
  else if (there === undefined) writeAtomic(target, data);
  else if (there.isFile()) replaceWhole(target, data, there.mode & 0o777);
  else writePrivateFile(target, data);
}
