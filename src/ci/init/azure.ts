import { npmInstall } from "../package-spec.ts";
import { header, ifInFolder, inProject, type Place, planCredentials, planLine, type WritePipeline } from "./types.ts";

/** @param credentials whether the job talks to the repository after the checkout */
function setUp(place: Place, credentials: "kept" | "dropped"): string {
  return `      - checkout: self
        fetchDepth: 1
${credentials === "kept" ? "        persistCredentials: true\n" : ""}      - task: NodeTool@0
        inputs:
          versionSpec: 22.x
${script(place, npmInstall(place.packageSpec))}`;
}

const pool = `    pool:
      vmImage: ubuntu-latest
`;

const fromFork = "variables['System.PullRequest.IsFork'], 'True'";
const planFile = `"$PIPELINE_WORKSPACE/sweep-plan/sweep.json"`;

/** An attempt that came to nothing has left nothing. */
const takeEarlier =
  '{ cp -R "$PIPELINE_WORKSPACE/sweep-results-$SYSTEM_JOBPOSITIONINPHASE-$((SYSTEM_JOBATTEMPT - 1))/." bundles 2>/dev/null || true; }';

/** A step in the project's folder. */
function script(place: Place, command: string): string {
  return `      - script: ${command}
${ifInFolder(place, `        workingDirectory: ${place.folder}\n`)}`;
}

function point(place: Place): string {
  const run = `sweepline matrix run --plan ${planFile} --point "$POINT"`;
  return `  - job: point
    dependsOn: plan
    timeoutInMinutes: 0 # as long as the agent may
${pool}    strategy:
      maxParallel: 20
      matrix: $[ dependencies.plan.outputs['emit.matrix'] ]
    steps:
${setUp(place, "kept")}      # Add here what the stages need.
      - task: Cache@2
        inputs:
          key: '"sweepline" | "$(Build.SourceVersion)"'
          restoreKeys: '"sweepline"'
          path: ${inProject(place, ".dvc/cache")}
      - download: current
        artifact: sweep-plan
${script(place, run)}        condition: and(succeeded(), ne(${fromFork}))
      # What an earlier attempt of the job bundled: results, and checkpoints to go on from.
      - download: current
        patterns: sweep-results-$(System.JobPositionInPhase)-*/**
        condition: and(succeeded(), eq(${fromFork}), gt(variables['System.JobAttempt'], 1))
        continueOnError: true # it may have come to nothing
${script(place, `mkdir -p bundles && ${takeEarlier} && ${run} --bundle bundles/results.bundle`)}        condition: and(succeeded(), eq(${fromFork}))
      - publish: ${inProject(place, "bundles")}
        artifact: sweep-results-$(System.JobPositionInPhase)-$(System.JobAttempt)
        condition: and(always(), eq(${fromFork}))
`;
}

/** The build service needs the right "Contribute" on the repository; a fork gets none and hands on bundles. */
export const initAzure: WritePipeline = (place) => {
  const collect = `sweepline matrix collect --plan ${planFile} --for azure --bundles "$PIPELINE_WORKSPACE" --md report.md`;
  const summary = `if [ -f report.md ]; then echo "##vso[task.uploadsummary]$PWD/report.md"; fi`;
  return {
    "azure-pipelines.yml": `${header(place)}trigger: none
# Pull requests of GitHub and Bitbucket that change the sweep. In Azure Repos a branch policy (build validation) chooses.
pr:
  branches:
    include: ["*"]
  paths:
    include: [${inProject(place, "sweep.txt")}]
jobs:
  - job: plan
    timeoutInMinutes: 15
${pool}    steps:
${setUp(place, planCredentials(place))}${script(place, `${planLine(place)} -o sweep.json`)}${script(place, "sweepline matrix emit --for azure --plan sweep.json")}        name: emit
      - publish: ${inProject(place, "sweep.json")}
        artifact: sweep-plan
${point(place)}  - job: collect
    dependsOn: [plan, point]
    condition: and(always(), eq(dependencies.plan.result, 'Succeeded'))
${pool}    steps:
${setUp(place, "kept")}      - download: current
${script(place, collect)}${script(place, summary)}        condition: always()
`,
  };
};
