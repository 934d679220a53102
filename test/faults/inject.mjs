/**
 * Loaded before the program (`node --import`) by every process and worker thread of a run that is to meet a fault. It
 * numbers the side effects of all of them, in one file, and does at the Nth what SWEEPLINE_TEST_FAULT says. For N may stand
 * `SITE/K`: the Kth call from that call site (of any process), as a run with `count` wrote them down.
 *
 *   count               nothing, and writes down where each call comes from
 *   kill:N              SIGKILL to this process
 *   kill-all:N          SIGKILL to every process of the run, stages and Git's too
 *   kill-stages:N       SIGKILL to the stages that run, or else to the next that starts
 *   fail:N:CODE         the call fails with that system error; a Git command as Git does on such a disk
 *   short:N:CODE        a write writes half, then fails; without CODE it only writes half
 *   exit|throw|terminate|memory:N   ends the worker thread; calls in threads alone are counted
 *
 * SWEEPLINE_TEST_FOLDER holds the numbered calls (`calls`), what was done at which (`fired`), once a run, and the names of
 * the functions that only pass calls on (`plumbing`): a call comes from the first function that is none of them.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { BroadcastChannel, isMainThread, threadId } from "node:worker_threads";

const folder = process.env.SWEEPLINE_TEST_FOLDER ?? "";
const [mode = "count", at = "0", code = ""] = (process.env.SWEEPLINE_TEST_FAULT ?? "").split(":");
const ofThreads = ["exit", "throw", "terminate", "memory"].includes(mode);
/** Only the calls from there are numbered. */
const wantedSite = at.includes("/") ? at.slice(0, at.indexOf("/")) : undefined;
const wantedNumber = Number(at.slice(at.indexOf("/") + 1));
/** Each call takes the same space in the file, so that its size tells how many there were. */
const recordLength = mode === "count" ? 1000 : 200;

const plumbing = new Set();

/** `exp run --queue`, and whether in a worker thread: a site is met in each of them by itself. */
function phaseOf() {
  const words = process.argv.slice(2);
  const end = words.findIndex((word) => word.startsWith("-"));
  const named = words.slice(0, end < 0 ? 2 : Math.min(2, end));
  const flag = words.find((word) => word.startsWith("--")) ?? "";
  return `${named.join(" ")} ${flag} ${isMainThread ? "main" : "thread"}`;
}

const phase = phaseOf();

/** The frames of the built program, from the inside out to the first named function that is no plumbing. */
function placeOf() {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  const frames = [];
  for (const line of stack.split("\n")) {
    const [, named = "", chunk, position] = /^\s+at (?:(.*) \()?\S*\/dist\/([\w.-]+\.cjs):(\d+:\d+)/.exec(line) ?? [];
    if (chunk === undefined) continue;
    const words = named
      .replace(/^async /, "")
      .replace(/ \[as .*\]$/, "")
      .replace(/^new /, "")
      .split(".");
    frames.push(`${words.join(".")}@${chunk}:${position}`);
    const isAnonymous = named === "" || words.at(-1) === "<anonymous>";
    if (!isAnonymous && !words.some((word) => plumbing.has(word))) return frames.join(" < ");
  }
  // Called from where nothing else is on the stack, after a wait.
  return `${frames.join(" < ")} < ?`;
}

/** A short name of a place in a phase (FNV-1a). */
function siteOf(kind, place) {
  let hash = 0x811c9dc5;
  for (const letter of `${phase}\t${kind}\t${place}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The number of this call among all that are numbered, or undefined where it is none of them. */
function numberOf(effect) {
  const place = mode === "count" || wantedSite !== undefined ? placeOf() : "";
  const site = place === "" ? "" : siteOf(effect.kind, place);
  if (wantedSite !== undefined && site !== wantedSite) return undefined;
  const role = isMainThread ? "main" : "thread";
  const isWrite = effect.size === undefined ? "" : "write";
  const detail = effect.detail.slice(0, 100);
  const record = [role, effect.kind, detail, site, isWrite, phase, place]
    .map((field) => field.replace(/[\t\n\0]/g, " "))
    .join("\t");
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
  const { kind, detail } = effect;
  if (kind === "signal" || kind === "object") return undefined;
  // spawnSync answers its failure, and the program goes on with the next one.
  if (kind === "spawn" && ["flock", "perl", "python3"].includes(detail)) return undefined;
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
  if (mode === "count" || number === undefined || number < wantedNumber) return undefined;
  // A write can be cut short, nothing else can: the next write after the Nth call is.
  if (mode === "short" && effect.size === undefined) return undefined;
  return isFirst(effect, number) ? act(effect) : undefined;
}

if (folder !== "") {
  for (const name of readFileSync(path.join(folder, "plumbing"), "utf8").split("\n")) plumbing.add(name);
  globalThis[Symbol.for("sweepline.beforeEffect")] = beforeEffect;
  if (mode === "terminate" && isMainThread) {
    const workers = new Map();
    process.on("worker", (worker) => workers.set(worker.threadId, worker));
    const channel = new BroadcastChannel("sweepline-test-terminate");
    channel.onmessage = ({ data }) => workers.get(data)?.terminate();
    channel.unref();
  }
}
