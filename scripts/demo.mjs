// A sweep of twelve points over examples/penguins, in a scratch repository and with the real binary. One point is refused by
// the training script on purpose. Exits 0 if exactly that one failed and the other eleven finished, 1 otherwise.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const binary = path.join(project, "bin", "sweepline.js");
const scratch = mkdtempSync(path.join(tmpdir(), "sweepline-demo-"));

const sweep = ["train.lr=0.003,0.03,0.3", "train.l2=0,0.001,0.1,10"];
const expected = { finished: 11, failed: { lr: 0.3, l2: 10 }, reason: "must be below 1", exitCode: 1 };
const sorted = ["--sort-by", "accuracy", "--sort-order", "desc"];

// Run from a Git hook, these would point our commands at the repository of the hook.
const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...environment } = process.env;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function stop(message) {
  say(`\nThe demo did not go as intended: ${message}`);
  process.exit(1);
}

/** Runs a program in the scratch repository and answers its exit code and, unless it goes to the terminal, its output. */
function run(program, args, stdio) {
  const done = spawnSync(program, args, { cwd: scratch, env: environment, stdio, encoding: "utf8", maxBuffer: 1e8 });
  if (done.error) stop(`${program} could not be started: ${done.error.message}`);
  return { exitCode: done.status, output: done.stdout ?? "" };
}

function mustWork({ exitCode }, what) {
  if (exitCode !== 0) stop(`${what} ended with ${exitCode}`);
}

function git(...args) {
  mustWork(run("git", args, "inherit"), `git ${args[0]}`);
}

/** Shows the command line, then runs it on this terminal. */
function sweepline(...args) {
  const quoted = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : `'${arg}'`));
  say(`\n$ sweepline ${quoted.join(" ")}`);
  return run(process.execPath, [binary, ...args], "inherit").exitCode;
}

/** The experiments below the one commit, as `exp show --json` tells them. */
function readExperiments() {
  const shown = run(process.execPath, [binary, "exp", "show", "--json"], ["ignore", "pipe", "inherit"]);
  mustWork(shown, "sweepline exp show --json");
  const [, baseline] = JSON.parse(shown.output);
  return (baseline?.experiments ?? []).map(({ name, revs, executor }) => ({
    name,
    train: revs[0].data?.params?.["params.yaml"]?.data?.train,
    accuracy: revs[0].data?.metrics?.["metrics.json"]?.data?.accuracy,
    state: revs[0].error === null ? (executor?.state ?? "success") : "failed",
    log: executor?.local?.log,
  }));
}

/** The one experiment that was meant to fail; stops if anything else failed, or anything is missing. */
function checkOutcome(experiments) {
  const finished = experiments.filter(({ state, accuracy }) => state === "success" && typeof accuracy === "number");
  const [failed, ...others] = experiments.filter(({ state }) => state === "failed");
  if (finished.length !== expected.finished) stop(`${finished.length} experiments finished, not ${expected.finished}`);
  if (failed === undefined || others.length > 0) stop("not exactly one experiment failed");
  const { lr, l2 } = failed.train ?? {};
  if (lr !== expected.failed.lr || l2 !== expected.failed.l2) stop(`the wrong point failed: lr=${lr}, l2=${l2}`);
  return failed;
}

/** The line of the log that says why. */
function readReason({ name, log }) {
  if (typeof log !== "string") stop(`${name} has no log`);
  const text = readFileSync(path.resolve(scratch, log), "utf8");
  const line = text.split("\n").find((candidate) => candidate.includes(expected.reason));
  return line ?? stop(`the log of ${name} does not say '${expected.reason}': ${log}`);
}

say(`A scratch repository with a copy of examples/penguins: ${scratch}`);
cpSync(path.join(project, "examples", "penguins"), scratch, { recursive: true });
git("init", "--quiet", "--initial-branch=main");
// For this repository only, so that the demo needs no set-up of Git.
git("config", "user.name", "Sweepline demo");
git("config", "user.email", "demo@example.com");
git("config", "commit.gpgsign", "false");
if (sweepline("init") !== 0) stop("sweepline init failed");
git("add", "--all");
git("commit", "--quiet", "--message", "Penguins");

const exitCode = sweepline("sweep", ...sweep, "--jobs", "2", ...sorted);
const failed = checkOutcome(readExperiments());
if (exitCode !== expected.exitCode) stop(`sweep exited with ${exitCode}, not ${expected.exitCode}`);
const reason = readReason(failed);

say(`\n${expected.finished} experiments finished. ${failed.name} failed on purpose: ${reason}`);
say(`Its log: ${failed.log}`);
say(`Look around: cd ${scratch}`);
