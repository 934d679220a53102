/**
 * Loaded before the program (`node --import`) by every process and worker thread of a run that is to meet a fault. It
 * numbers the side effects of all of them, in one file, and does at the Nth what SWEEPLINE_TEST_FAULT says:
 *
 *   count               nothing
 *   kill:N              SIGKILL to this process
 *   kill-all:N          SIGKILL to every process of the run, stages and Git's too
 *   kill-stages:N       SIGKILL to the stages that run, or else to the next that starts
 *   fail:N:CODE         the call fails with that system error; a Git command as Git does on such a disk
 *   short:N:CODE        a write writes half, then fails; without CODE it only writes half
 *   exit|throw|terminate|memory:N   ends the worker thread; calls in threads alone are counted
 *
 * SWEEPLINE_TEST_FOLDER holds the numbered calls (`calls`), and what was done at which (`fired`), once a run.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";

const folder = process.env.SWEEPLINE_TEST_FOLDER ?? "";
const [mode = "count", at = "0", code = ""] = (process.env.SWEEPLINE_TEST_FAULT ?? "").split(":");
const ofThreads = ["exit", "throw", "terminate", "memory"].includes(mode);
/** Each call takes the same space in the file, so that its size tells how many there were. */
const recordLength = 200;

function numberOf(effect) {
  const record = `${isMainThread ? "main" : "thread"}\t${effect.kind}\t${effect.detail}`.replace(/[\n\0]/g, " ");
  const handle = openSync(path.join(folder, "calls"), "a");
  const bytes = Buffer.alloc(recordLength, " ");
  bytes.write(record, 0, recordLength - 1);
  bytes.write("\n", recordLength - 1);
  writeSync(handle, bytes);
  const { size } = fstatSync(handle);
  closeSync(handle);
  return size / recordLength;
}

/** True for the first who asks: two threads may have made their calls at the same moment. */
function isFirst(effect, number) {
  try {
    const handle = openSync(path.join(folder, "fired"), "wx");
    writeSync(handle, `${mode} at ${number}: ${effect.kind} ${effect.detail}`);
    closeSync(handle);
    return true;
  } catch {
    return false;
  }
}

/** Processes of this run, known by their home folder, which is the repository's own. */
function processesOfRun(wanted) {
  const home = `HOME=${process.env.HOME}\0`;
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      const environment = `${readFileSync(`/proc/${name}/environ`, "utf8")}\0`;
      return environment.includes(home) && (wanted === "all" || environment.includes("DVC_STAGE="));
    } catch {
      return false;
    }
  });
}

function kill(pids) {
  for (const pid of pids) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
  return pids.length;
}

function killAll() {
  // Twice: the first round may have raced with the start of a process.
  kill(processesOfRun("all"));
  kill(processesOfRun("all"));
  process.kill(process.pid, "SIGKILL");
}

function killStages() {
  if (kill(processesOfRun("stages")) > 0) return;
  const timer = setInterval(() => {
    if (kill(processesOfRun("stages")) > 0) clearInterval(timer);
  }, 1);
  timer.unref();
}

const words = { EIO: "i/o error", ENOSPC: "no space left on device", EMFILE: "too many open files" };
const calls = { rmtree: "rm", append: "write", copy: "copyfile", utimes: "utime", database: "open" };

/** As Node makes it: calls on a descriptor name no path. */
function systemError({ kind, detail }) {
  const syscall = calls[kind] ?? kind;
  const where = ["write", "append", "git", "spawn"].includes(kind) ? {} : { path: detail };
  const text = `${code}: ${words[code] ?? "permission denied"}, ${syscall}${where.path === undefined ? "" : ` '${detail}'`}`;
  return Object.assign(new Error(text), { code, syscall, errno: -1, ...where });
}

/** Git as it fails on such a disk: the test's own `git` on the PATH looks for this file. A running one is killed. */
function failGit() {
  const running = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" });
  const pids = running.split("\n").flatMap((line) => (/ git$/.test(line) ? [line.trim().split(" ")[0]] : []));
  if (pids.length > 0) kill(pids);
  else appendFileSync(path.join(folder, "git-fails"), `${code}\n`);
}

function fail(effect) {
  const { kind } = effect;
  if (kind === "signal" || kind === "object") return undefined;
  if (kind === "ref") return failGit();
  if (kind === "git" && code !== "EMFILE") return appendFileSync(path.join(folder, "git-fails"), `${code}\n`);
  throw systemError(effect);
}

/** The file whose next write fails: of a write that is cut short, the rest. */
let broken;

function cutShort(effect) {
  if (effect.size === undefined) return fail(effect);
  if (code !== "") broken = effect.detail;
  return Math.max(1, Math.floor(effect.size / 2));
}

function endThread() {
  if (mode === "exit") process.exit(7);
  if (mode === "throw") setImmediate(() => failInThread());
  if (mode === "memory") {
    const kept = [];
    for (;;) kept.push(new Array(1_000_000).fill(kept.length + 0.5));
  }
  if (mode === "terminate") {
    new BroadcastChannel("sweepline-test-terminate").postMessage(threadId);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
  }
}

function failInThread() {
  throw new Error("injected: nobody catches this");
}

function act(effect) {
  if (mode === "kill") process.kill(process.pid, "SIGKILL");
  else if (mode === "kill-all") killAll();
  else if (mode === "kill-stages") killStages();
  else if (mode === "fail") return fail(effect);
  else if (mode === "short") return cutShort(effect);
  else if (ofThreads) endThread();
  return undefined;
}

function beforeEffect(effect) {
  if (broken !== undefined && effect.size !== undefined && effect.detail === broken) {
    broken = undefined;
    throw systemError(effect);
  }
  if (ofThreads && isMainThread) return undefined;
  const number = numberOf(effect);
  if (mode === "count" || number < Number(at)) return undefined;
  // A write can be cut short, nothing else can: the next write after the Nth call is.
  if (mode === "short" && effect.size === undefined) return undefined;
  return isFirst(effect, number) ? act(effect) : undefined;
}

if (folder !== "") {
  globalThis[Symbol.for("sweepline.beforeEffect")] = beforeEffect;
  if (mode === "terminate" && isMainThread) {
    const workers = new Map();
    process.on("worker", (worker) => workers.set(worker.threadId, worker));
    const channel = new BroadcastChannel("sweepline-test-terminate");
    channel.onmessage = ({ data }) => workers.get(data)?.terminate();
    channel.unref();
  }
}
