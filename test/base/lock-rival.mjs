// One of several processes that want the same lock. Each line on its stdin is a lock file: it tries to take that one,
// and prints whether it did. usage: node lock-rival.mjs BUNDLE, which is src/base/locks.ts as one file.
import { createInterface } from "node:readline";

const { tryLock } = await import(process.argv[2]);
for await (const file of createInterface({ input: process.stdin })) process.stdout.write(`${tryLock(file, "rival")}\n`);
