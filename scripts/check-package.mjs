// Packs the project, installs the tarball into an empty folder as a user would, and runs the installed command there:
// its version, then one sweep of two points. What it brings along is what it needs: the packages that the bundle asks
// for, and the licences of those that are in it. Exits 1 with a reason where something is not as it should be.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageFolder } from "./notices.mjs";

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
  const stray = packed.files.filter(({ path: file }) => !/^(bin|dist)\/|^[A-Z-]+(\.md)?$|^package\.json$/.test(file));
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
  return path.join(folder, "node_modules");
}

/** The source maps tell what is in the bundle, apart from what the build itself says. */
function bundledNames(dist) {
  const maps = readdirSync(dist).filter((name) => name.endsWith(".map"));
  const sources = maps.flatMap((name) => JSON.parse(readFileSync(path.join(dist, name), "utf8")).sources);
  const names = sources.map((source) => packageFolder(source)?.split("node_modules/").at(-1));
  return new Set(names.filter((name) => name !== undefined));
}

function checkNotices(installed) {
  const text = readFileSync(path.join(installed, "THIRD-PARTY-NOTICES"), "utf8");
  const named = new Set(
    [...text.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d[\w.-]*\nLicense: \S/gm)].map((match) => match[1]),
  );
  const bundled = bundledNames(path.join(installed, "dist"));
  const missing = [...bundled].filter((name) => !named.has(name));
  check(bundled.size > 0 && missing.length === 0, `THIRD-PARTY-NOTICES lacks ${missing.join(", ") || "everything"}`);
  process.stdout.write(`the bundle holds ${bundled.size} packages, with their licences\n`);
}

/** Asked for by bundled packages that do without: `debug` would colour its lines. */
const optional = new Set(["supports-color"]);

/** Nothing is installed that the bundle does not ask for, nothing asked for that is not installed. */
function checkDependencies(installed) {
  const dist = path.join(installed, "dist");
  const code = readdirSync(dist).filter((name) => name.endsWith(".cjs"));
  const texts = code.map((name) => readFileSync(path.join(dist, name), "utf8"));
  const call = /(?:\brequire|createRequire\)\(\w+\))\("(@?[a-z][\w./-]*)"\)/g;
  const asked = texts.flatMap((text) => [...text.matchAll(call)].map((match) => match[1]));
  const packages = new Set(asked.filter((name) => !builtinModules.includes(name) && !optional.has(name)));
  const { dependencies } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const [wanted, given] = [[...packages].sort().join(), Object.keys(dependencies).sort().join()];
  check(wanted === given, `the bundle asks for ${wanted}, package.json for ${given}`);
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
  const folder = install(pack());
  checkNotices(path.join(folder, "sweepline"));
  checkDependencies(path.join(folder, "sweepline"));
  const command = path.join(folder, ".bin", "sweepline");
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
