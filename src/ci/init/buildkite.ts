import { header, ifInFolder, inProject, type WritePipeline } from "./types.ts";

/** The agent has Node and sweepline, and its checkout may push; steps are uploaded by the first one. */
export const initBuildkite: WritePipeline = (place) => {
  const enter = ifInFolder(place, `      - cd ${place.folder}\n`);
  return {
    ".buildkite/pipeline.yml": `${header(place)}steps:
  - label: plan
    timeout_in_minutes: 15
    commands:
${enter}      - sweepline matrix plan @sweep.txt -o sweep.json
      - buildkite-agent artifact upload sweep.json
      - sweepline matrix emit --for buildkite --plan sweep.json -o sweep-jobs.yml
      - buildkite-agent pipeline upload sweep-jobs.yml
  - wait: ~
    continue_on_failure: true
  - label: collect
    commands:
${enter}      - buildkite-agent artifact download sweep.json .
      - sweepline matrix collect --plan sweep.json --for buildkite --md report.md
    artifact_paths: ${inProject(place, "report.md")}
`,
  };
};
