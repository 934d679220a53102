/**
 * Projects as public repositories have them, command by command beside the real DVC: what is listed, drawn, changed, run,
 * queued and applied. The lock files of both are one text, so what one ran, the other finds unchanged.
 */
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import {
  copyRepository,
  describeWithDvc,
  expectSameExperiment,
  type PeerAnswer,
  type PeerStep,
  runSteps,
} from "./peers.ts";
import { type PublicStyle, publicStyles } from "./public-style.ts";

/** Both print that, but for the name of the tool. */
const told: ReadonlySet<string> = new Set(["stage", "dag", "status", "params", "metrics"]);

function words(text: string): PeerStep {
  return ["dvc", ...text.split(" ")];
}

function writes(files: PublicStyle["edit"]): PeerStep[] {
  return Object.entries(files).map(([file, text]) => ["write", file, String(text)]);
}

const commit = (message: string): PeerStep[] => [
  ["git", "add", "--all"],
  ["git", "commit", "--quiet", "--allow-empty", "--message", message],
];

function stepsOf(style: PublicStyle): readonly PeerStep[] {
  return [
    ...(style.added === undefined ? [] : [words(`add --quiet ${style.added}`), ...commit("data")]),
    words("stage list --all"),
    words("dag --mermaid"),
    words("dag --dot"),
    words("dag --md --outs"),
    words("status"),
    words("repro --all-pipelines"),
    ...commit("ran"),
    words("status"),
    ...writes(style.edit),
    words("status"),
    ...(style.diffs === "metrics only" ? [] : [words("params diff --md")]),
    words("metrics diff --md"),
    ["git", "checkout", "--quiet", "."],
    [
      "dvc",
      "exp",
      "run",
      "--all-pipelines",
      ...(style.runs === "queue" ? ["--queue"] : ["--temp"]),
      "--name",
      "one",
      "-S",
      style.override,
    ],
    ...(style.runs === "queue" ? [words("exp run --run-all")] : []),
    words("exp apply one"),
    words("status"),
    words("repro --all-pipelines --dry"),
  ];
}

async function runOurs(
  repository: Repository,
  steps: readonly PeerStep[],
  cwd: string,
): Promise<readonly PeerAnswer[]> {
  const answers: PeerAnswer[] = [];
  for (const [kind, ...rest] of steps) {
    if (kind === "dvc") {
      const { exitCode, stdout } = await repository.run(rest, { cwd });
      answers.push({ exitCode: exitCode ?? -1, stdout });
      continue;
    }
    const [first = "", text = ""] = rest;
    if (kind === "git") repository.git("-C", `./${cwd}`, ...rest);
    else repository.write({ [`${cwd}/${first}`]: text });
    answers.push({ exitCode: 0, stdout: "" });
  }
  return answers;
}

function shown(step: PeerStep, { exitCode, stdout }: PeerAnswer): string {
  const [kind, command = ""] = step;
  const text = kind === "dvc" && told.has(command) ? stdout.replaceAll("sweepline", "dvc") : "";
  // DVC names stages in the order in which the disk lists their files.
  const isInDiskOrder = command === "stage" || step.includes("--dot");
  const lines = isInDiskOrder ? text.split("\n").sort().join("\n") : text;
  return `$ ${step.join(" ").slice(0, 60)}\n${lines}-> ${exitCode}`;
}

async function compare(style: PublicStyle): Promise<void> {
  const ours = makeRepository({ files: style.files, dvc: false });
  ours.write(style.data ?? {});
  if (style.prepared !== undefined) await runSteps(ours, style.prepared);
  const theirs = copyRepository(ours);
  const cwd = style.cwd ?? ".";
  const steps = stepsOf(style);
  const [our, their] = await Promise.all([runOurs(ours, steps, cwd), runSteps(theirs, steps, { cwd })]);
  expect(steps.map((step, at) => shown(step, our[at] ?? { exitCode: -1, stdout: "" }))).toEqual(
    steps.map((step, at) => shown(step, their[at] ?? { exitCode: -1, stdout: "" })),
  );
  expectSameExperiment(ours, theirs, "one");
  expect(ours.git("status", "--porcelain")).toBe(theirs.git("status", "--porcelain"));
  const locks = theirs.git("ls-files", "--", ":/*dvc.lock", ":/*.dvc").split("\n");
  for (const name of locks) expect([name, ours.read(name)]).toEqual([name, theirs.read(name)]);
}

describeWithDvc("projects as public repositories have them", () => {
  test.each(publicStyles.map((style) => [style.name, style] as const))("%s", (_name, style) => compare(style));
});
