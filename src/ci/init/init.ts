/** The pipeline files of each system. */
import { SweeplineError } from "../../base/errors.ts";
import { wordList } from "../../base/text/listing.ts";
import type { System } from "../limits.ts";
import { checkPackage } from "../package-spec.ts";
import { initAzure } from "./azure.ts";
import { initBuildkite } from "./buildkite.ts";
import { initCircleci } from "./circleci.ts";
import { initGithub } from "./github.ts";
import { initGitlab } from "./gitlab.ts";
import { initJenkins } from "./jenkins.ts";
import { initTekton } from "./tekton.ts";
import { checkFolder, type PipelineTexts, type Place, type WritePipeline } from "./types.ts";

/** Systems whose pipelines are files of the repository. Slurm and Kubernetes are given what `emit` prints. */
const writers = {
  github: initGithub,
  gitlab: initGitlab,
  circleci: initCircleci,
  azure: initAzure,
  buildkite: initBuildkite,
  jenkins: initJenkins,
  tekton: initTekton,
} as const satisfies Partial<Record<System, WritePipeline>>;

export type InitSystem = keyof typeof writers;
export const initSystems = Object.keys(writers) as readonly InitSystem[];

/** Their jobs make the plan again, from sweep.txt alone; that of GitLab's last one with the same options, which a round can't be. */
const plansAgain: ReadonlySet<InitSystem> = new Set(["circleci", "tekton"]);
/** The job that plans has no way to what has ended. */
const withoutRounds: ReadonlySet<InitSystem> = new Set(["gitlab", "jenkins"]);

function refused(system: InitSystem, what: string, others: (system: InitSystem) => boolean): SweeplineError {
  return new SweeplineError({
    code: "BAD_OPTIONS",
    message: `the pipeline of ${system} can't plan ${what}`,
    hint: `Those of ${wordList(initSystems.filter(others))} can.`,
  });
}

/** Words stand in scripts of seven languages as they are. Throws BAD_OPTIONS. */
function checkPlanWords(system: InitSystem, words: readonly string[]): void {
  if (words.length === 0) return;
  const canList = (each: InitSystem) => !plansAgain.has(each);
  if (!canList(system)) throw refused(system, "with options: its jobs make the plan again from sweep.txt", canList);
  const canRound = (each: InitSystem) => canList(each) && !withoutRounds.has(each);
  if (words.includes("--round") && !canRound(system)) throw refused(system, "rounds of a search", canRound);
  const bad = words.find((word) => !/^[A-Za-z0-9_.,:@%+=/-]+$/.test(word));
  if (bad !== undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `'${bad}' would need quotes in the pipeline`,
      hint: "Leave the option out, and write it behind `matrix plan @sweep.txt` in what is written.",
    });
}

/** A system's files for a project. Throws FOLDER_UNSUPPORTED, BAD_PACKAGE, BAD_OPTIONS. */
export function pipelineFiles(system: InitSystem, place: Place): PipelineTexts {
  checkFolder(place.folder);
  checkPlanWords(system, place.planWords ?? []);
  checkPackage(place.packageSpec);
  return writers[system](place);
}

/** sweep.txt as `plan` reads it. */
export function sweepText(overrides: readonly string[], kind: "all combinations" | "others"): string {
  const all = kind === "all combinations" ? " All combinations are run." : "";
  const head = `# The sweep: one override a line, as for \`sweepline sweep\`.${all}\n`;
  if (overrides.length > 0) return `${head}${overrides.join("\n")}\n`;
  return `${head}# train.lr=0.1,0.01\n# seed=range(5)\n`;
}
