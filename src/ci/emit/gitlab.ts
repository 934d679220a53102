import { gitlabMatrixJobs } from "../limits.ts";
import { npmInstall } from "../package-spec.ts";
import { enterProject, pointCommand, pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emission, Emit } from "./types.ts";

/** The job that all points extend, where the repository has none of its own. */
function ownTemplate(emission: Emission): readonly string[] {
  return [
    // Without a rule, a child of a merge request's pipeline has no jobs.
    "workflow:",
    "  rules:",
    '    - if: $CI_PIPELINE_SOURCE == "parent_pipeline"',
    ".sweepline-point:",
    "  image: node:22",
    "  timeout: 6 hours",
    "  needs:",
    "    - pipeline: $PARENT_PIPELINE_ID",
    "      job: sweep-plan",
    "  script:",
    ...enterProject(emission).map((line) => `    - ${quoted(line)}`),
    `    - ${quoted(npmInstall(emission.packageSpec))}`,
    `    - ${quoted(pointCommand(emission))}`,
  ];
}

/** A matrix takes 200 jobs: more are several matrices, of about the same size. */
function matrices(points: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(points.length / gitlabMatrixJobs);
  return Array.from({ length: count }, (_, at) =>
    points.slice(Math.floor((at * points.length) / count), Math.floor(((at + 1) * points.length) / count)),
  );
}

/** A child pipeline: the only way to a computed matrix. */
export const emitGitlab: Emit = (emission) => {
  const { template } = emission;
  const head = template === undefined ? ownTemplate(emission) : ["include:", `  - local: ${quoted(template)}`];
  const jobs = matrices(pointTexts(emission)).flatMap((points, at) => [
    "",
    `point-${at + 1}:`,
    "  extends: .sweepline-point",
    "  parallel:",
    "    matrix:",
    `      - POINT: [${points.map(quoted).join(", ")}]`,
  ]);
  return `${[`# ${titleOf(emission)}`, ...head, ...jobs].join("\n")}\n`;
};
