// Whole processes: wall time and peak memory, and folders to run them in.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The peak of a living process's memory, or what it uses now, in MB; undefined where the system has no /proc. */
export function memoryOf(pid, field) {
  try {
    const line = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"));
    return line === null ? undefined : Number(line[1]) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * Runs a program to its end and returns its wall time in seconds, its peak memory in MB (that of the process itself, looked
 * at every 10 ms) and its output. Throws where it fails.
 */
export async function runProgram({ argv, cwd, env, onLine, exitCodes = [0] }) {
  const started = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let peak;
  const look = setInterval(() => {
    peak = Math.max(peak ?? 0, memoryOf(child.pid, "VmHWM") ?? 0) || undefined;
  }, 10);
  const output = { stdout: "", stderr: "" };
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.stdout += text;
    if (onLine === undefined) return;
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) onLine(whole, child.pid);
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.stderr += text;
  });
  // The time ends with the process, not with the pipes: a peer's background workers may hold them open.
  const exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  clearInterval(look);
  if (!exitCodes.includes(exitCode)) {
    const words = argv.map((word) => path.basename(word)).join(" ");
    throw new Error(`'${words}' ended with ${exitCode}\n${output.stdout.slice(-500)}\n${output.stderr.slice(-2000)}`);
  }
  return { seconds, peak, ...output };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median seconds of `repeats` runs after `warmUps` that don't count. `prepare` makes each run's folder (untimed),
 * `time` runs in it and returns the seconds.
 */
export async function medianSeconds({ repeats, warmUps, prepare, time }) {
  const seconds = [];
  for (let index = -warmUps; index < repeats; index++) {
    const folder = await prepare();
    const taken = await time(folder);
    if (index >= 0) seconds.push(taken);
  }
  return median(seconds);
}

const folders = [];

/** A temporary folder, removed when the script ends. */
export function temporaryFolder() {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "sweepline-bench-")));
  folders.push(folder);
  return folder;
}

export function removeFolders() {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The same emptied environment for every tool, with a home of its own. */
export function makeEnvironment(peersFolder) {
  const home = temporaryFolder();
  writeFileSync(
    path.join(home, ".gitconfig"),
    "[user]\nname = Tester\nemail = tester@example.com\n[init]\ndefaultBranch = main\n[gc]\nauto = 0\n",
  );
  const search = [
    ...(peersFolder === undefined ? [] : [peersFolder]),
    path.dirname(process.execPath),
    process.env.PATH,
  ];
  return {
    PATH: search.join(path.delimiter),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, ".config"),
    XDG_CACHE_HOME: path.join(home, ".cache"),
    TMPDIR: tmpdir(),
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    DVC_NO_ANALYTICS: "1",
    DVC_STUDIO_OFFLINE: "1",
  };
}

export function writeFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}
