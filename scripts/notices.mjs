// The licences of the packages that are bundled into dist/: their terms ask that the texts go along with every copy.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of the package that a file belongs to, `node_modules/@lezer/lr`; undefined for a file of ours. */
export function packageFolder(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/**
 * The folders of the packages of which some bytes are in the output: by esbuild's record of a build, and by the sources that the
 * maps name. A package may have others bundled into itself, which its own map tells; they are installed beside it.
 */
export function bundledPackages({ outputs }, sources) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Map(
    used.flatMap(([file]) => packageFolder(file) ?? []).map((folder) => [nameOf(folder), folder]),
  );
  for (const name of sources.flatMap((source) => packageFolder(source) ?? []).map(nameOf))
    if (!folders.has(name)) folders.set(name, path.join("node_modules", name));
  return [...folders.values()].sort();
}

const nameOf = (folder) => folder.split("node_modules/").at(-1);

function textsOf(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)\b/i.test(name));
  return names.sort().map((name) => readFileSync(path.join(folder, name), "utf8").trim());
}

/** One part a package: name, version, licence, who wrote it, and the texts that it brings. */
function partOf(folder) {
  const about = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  if (typeof about.license !== "string") throw new Error(`${folder}: package.json names no licence`);
  const author = typeof about.author === "string" ? about.author : about.author?.name;
  const texts = textsOf(folder);
  // Some bring no file: then the name of the licence and of the author is all there is.
  const facts = [
    `${about.name} ${about.version}`,
    `License: ${about.license}`,
    ...(author ? [`Author: ${author}`] : []),
  ];
  return [facts.join("\n"), ...texts].join("\n\n");
}

/** The whole file, for packages as `bundledPackages` answers them. */
export function notices(folders) {
  const head = "sweepline contains these packages, under the licences that follow.";
  return `${[head, ...folders.map(partOf)].join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
}
