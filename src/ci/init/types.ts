import { SweeplineError } from "../../base/errors.ts";
import { matrixExitCodes } from "../exit-codes.ts";

/** A pipeline that `matrix init` writes: files by their path in the repository. */
export type PipelineTexts = Readonly<Record<string, string>>;

/** What a pipeline has to know of the project that it is written for. */
export interface Place {
  /** The project's folder in the repository, with slashes; "" for its top. */
  readonly folder: string;
  /** The package of sweepline that jobs install. */
  readonly packageSpec: string;
  /** The repository's default branch; undefined: main. */
  readonly branch?: string;
  /** Options of `matrix plan` that make the sweep of the overrides; absent: all combinations. */
  readonly planWords?: readonly string[];
}

/** How a pipeline plans the sweep. */
export function planLine({ planWords = [] }: Place): string {
  return ["sweepline matrix plan @sweep.txt", ...planWords].join(" ");
}

export type WritePipeline = (place: Place) => PipelineTexts;

/** What the job that plans needs: a round of a search asks the repository for what has ended. */
export function planCredentials({ planWords = [] }: Place): "kept" | "dropped" {
  return planWords.includes("--round") ? "kept" : "dropped";
}

/** What stands at the top of each file. */
export function header(place: Place): string {
  return `# Written by \`sweepline matrix init\`. The sweep is in ${inProject(place, "sweep.txt")}, one override a line.
# Jobs get positions of points, through the environment only; values stay in the plan.
`;
}

/** A file of the project as the repository names it. */
export function inProject({ folder }: Place, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** Text that is only there for a project in a folder. */
export function ifInFolder({ folder }: Place, text: string): string {
  return folder === "" ? "" : text;
}

/** `sweep`, or `sweep-<folder>` where a repository may have several. */
export function pipelineName({ folder }: Place): string {
  return folder === "" ? "sweep" : `sweep-${folder.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "")}`;
}

/** The name stands in scripts, patterns and YAML of seven languages. Throws FOLDER_UNSUPPORTED for one that needs quotes there. */
export function checkFolder(folder: string): void {
  if (/^(?:[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:\/(?!$)|$))*$/.test(folder)) return;
  throw new SweeplineError({
    code: "FOLDER_UNSUPPORTED",
    message: `no pipeline can be written for a project in the folder '${folder}'`,
    hint: "Letters, digits and _ . - work. Otherwise: write one for a project at the top, and change its paths.",
    exitCode: matrixExitCodes.usage,
  });
}
