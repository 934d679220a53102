import { npmInstall } from "../package-spec.ts";
import { header, ifInFolder, inProject, type Place, planLine, type WritePipeline } from "./types.ts";

/** The agent is the user's own machine, which a build should not change: so it is told what the agent needs. */
function needs(place: Place): string {
  return `# The agents need Node 20, Git and sweepline: ${npmInstall(place.packageSpec)}
# Their key for the repository has to be one that may push: results are refs of it.
# Between builds the checkout is cleaned, with the cache in it. To keep data, set SWEEP_CACHE in the agents' environment to
# a folder of theirs.
# Pushes run it on the default branch only; builds that somebody starts by hand, by the API or a schedule on any.
# Builds of forks have no steps: agents would run a stranger's stages with that key.
`;
}

const own = `    if: build.pull_request.repository.fork != true && (build.branch == pipeline.default_branch || build.source != "webhook")
`;

/** Steps are uploaded by the first one. */
export const initBuildkite: WritePipeline = (place) => {
  const enter = ifInFolder(place, `      - cd ${place.folder}\n`);
  return {
    ".buildkite/pipeline.yml": `${header(place)}${needs(place)}steps:
  - label: plan
${own}    timeout_in_minutes: 15
    commands:
${enter}      - ${planLine(place)} -o sweep.json
      - buildkite-agent artifact upload sweep.json
      - sweepline matrix emit --for buildkite --plan sweep.json -o sweep-jobs.yml
      - buildkite-agent pipeline upload sweep-jobs.yml
  - wait: ~
${own}    continue_on_failure: true
  - label: collect
${own}    commands:
${enter}      - buildkite-agent artifact download sweep.json .
      - sweepline matrix collect --plan sweep.json --for buildkite --md report.md
    artifact_paths: ${inProject(place, "report.md")}
`,
  };
};
