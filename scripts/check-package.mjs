// Packs the project, installs the tarball into an empty folder as a user would, and runs the installed command there:
// its version, then one sweep of two points. Exits 1 with a reason where something is not as it should be.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const project = path.join(import.meta.dirname, "..");
const scratch = mkdtempSync(path.join(tmpdir(), "sweepline-package-"));
const { version } = JSON.parse(readFileSync(path.join(project, "package.json"), "utf8"));

function run(program, args, cwd) {
  const identity = ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "Tester"],
    [`GIT_${who}_EMAIL`, "tester@example.com"],
  ]);
  const env = { ...process.env, ...Object.fromEntries(identity), npm_config_update_notifier: "false" };
  return execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function check(isFine, complaint) {
  if (!isFine) throw new Error(complaint);
}

function pack() {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--silent", "--pack-destination", scratch], project));
  const stray = packed.files.filter(({ path: file }) => !/^(bin|dist)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(file));
  check(stray.length === 0, `the package holds files that don't belong there: ${stray.map((file) => file.path)}`);
  process.stdout.write(`packed ${packed.files.length} files, ${Math.round(packed.size / 1024)} kB\n`);
  return path.join(scratch, packed.filename);
}

function install(tarball) {
  const folder = path.join(scratch, "user");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "package.json"), "{}\n");
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  run("npm", ["install", ...quiet, tarball], folder);
  return path.join(folder, "node_modules", ".bin", "sweepline");
}

function makeRepository() {
  const folder = path.join(scratch, "repository");
  mkdirSync(path.join(folder, ".dvc"), { recursive: true });
  const stage = ["  train:", "    cmd: cp params.yaml metrics.yaml", "    params: [x]"];
  const metrics = ["    metrics:", "    - metrics.yaml:", "        cache: false", ""];
  writeFileSync(path.join(folder, ".dvc", "config"), "");
  writeFileSync(path.join(folder, ".dvc", ".gitignore"), "/config.local\n/tmp\n/cache\n");
  writeFileSync(path.join(folder, "params.yaml"), "x: 0\n");
  writeFileSync(path.join(folder, "dvc.yaml"), ["stages:", ...stage, ...metrics].join("\n"));
  run("git", ["init", "--quiet"], folder);
  run("git", ["add", "--all"], folder);
  run("git", ["commit", "--quiet", "--message", "start"], folder);
  return folder;
}

try {
  const command = install(pack());
  const printed = run(command, ["--version"], scratch).trim();
  check(printed === version, `--version prints '${printed}', package.json says ${version}`);
  const repository = makeRepository();
  run(command, ["sweep", "x=1,2", "--jobs", "2"], repository);
  const shown = JSON.parse(run(command, ["exp", "show", "--json"], repository));
  const values = shown[1].experiments.map((experiment) => experiment.revs[0].data.metrics["metrics.yaml"].data.x);
  check(values.sort().join() === "1,2", `the sweep left the metrics ${JSON.stringify(values)}`);
  process.stdout.write(`the installed command works: version ${printed}, a sweep of two points\n`);
} catch (error) {
  process.stderr.write(`the packed project does not work: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
