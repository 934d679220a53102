/**
 * A filter as Git LFS is one: a long-running process (gitprotocol-long-running-process), contents kept apart by hash,
 * pointers in Git. Each question is answered from the store that `lfs.storage` names.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";

function readExactly(length) {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const got = readSync(0, buffer, at, length - at, null);
    if (got === 0) process.exit(0);
    at += got;
  }
  return buffer;
}

/** Packets up to the flush. */
function readPackets() {
  const packets = [];
  for (;;) {
    const length = Number.parseInt(readExactly(4).toString(), 16);
    if (length === 0) return packets;
    packets.push(readExactly(length - 4));
  }
}

function writePackets(...packets) {
  for (const packet of packets) {
    const bytes = Buffer.from(packet);
    writeSync(1, (bytes.length + 4).toString(16).padStart(4, "0"));
    writeSync(1, bytes);
  }
  writeSync(1, "0000");
}

function storage() {
  try {
    return execFileSync("git", ["config", "lfs.storage"]).toString().trim();
  } catch {
    return path.join(execFileSync("git", ["rev-parse", "--git-common-dir"]).toString().trim(), "lfs");
  }
}

function clean(content) {
  const id = createHash("sha256").update(content).digest("hex");
  mkdirSync(storage(), { recursive: true });
  writeFileSync(path.join(storage(), id), content);
  return `pointer ${id}\n`;
}

function smudge(pointer) {
  return readFileSync(path.join(storage(), pointer.toString().trim().split(" ")[1]));
}

readPackets();
writePackets("git-filter-server\n", "version=2\n");
readPackets();
writePackets("capability=clean\n", "capability=smudge\n");
for (;;) {
  const command = readPackets()[0].toString().trim();
  const content = Buffer.concat(readPackets());
  try {
    const answer = command === "command=clean" ? clean(content) : smudge(content);
    writePackets("status=success\n");
    writePackets(answer);
    writePackets();
  } catch {
    writePackets("status=error\n");
  }
}
