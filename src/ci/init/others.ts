/** Pipelines of the other systems that can be written into a repository. */
import { header, type PipelineFiles } from "./types.ts";

const circleSetUp = `      - checkout
      - run: npm install --global --prefix ~/.local sweepline && echo 'export PATH="$HOME/.local/bin:$PATH"' >> "$BASH_ENV"
`;

/** A setup workflow computes the matrix, the continuation runs it. The plan is made again in each job: it is the same. */
export const initCircleci: PipelineFiles = {
  ".circleci/config.yml": `${header}version: 2.1
setup: true
orbs:
  continuation: circleci/continuation@1.0.0
jobs:
  plan:
    docker:
      - image: cimg/node:22.11
    steps:
${circleSetUp}      - run: sweepline matrix plan @sweep.txt -o sweep.json
      - run: cat .circleci/sweep-jobs.yml > /tmp/sweep.yml
      - run: sweepline matrix emit --for circleci --plan sweep.json >> /tmp/sweep.yml
      - continuation/continue:
          configuration_path: /tmp/sweep.yml
workflows:
  plan:
    jobs:
      - plan
`,
  ".circleci/sweep-jobs.yml": `${header}version: 2.1
jobs:
  point:
    parameters:
      point:
        type: string
    docker:
      - image: cimg/node:22.11
    environment:
      POINT: << parameters.point >>
    steps:
${circleSetUp}      - restore_cache:
          keys: [sweepline-]
      - run: sweepline matrix plan @sweep.txt -o sweep.json
      - run: sweepline matrix run --plan sweep.json --point "$POINT"
      - save_cache:
          key: sweepline-{{ .Revision }}
          paths: [.dvc/cache]
  collect:
    docker:
      - image: cimg/node:22.11
    steps:
${circleSetUp}      - run: sweepline matrix plan @sweep.txt -o sweep.json
      - run: sweepline matrix collect --plan sweep.json --for circleci --md report.md
      - store_artifacts:
          path: report.md
`,
};

const azureSetUp = `      - checkout: self
        fetchDepth: 1
        persistCredentials: true
      - task: NodeTool@0
        inputs:
          versionSpec: 22.x
      - script: npm install --global sweepline
`;

const azureJob = `    pool:
      vmImage: ubuntu-latest
`;

/** The build service needs the right "Contribute" on the repository; a fork gets none and hands on bundles. */
export const initAzure: PipelineFiles = {
  "azure-pipelines.yml": `${header}trigger: none
jobs:
  - job: plan
${azureJob}    steps:
${azureSetUp}      - script: sweepline matrix plan @sweep.txt -o sweep.json
      - script: sweepline matrix emit --for azure --plan sweep.json
        name: emit
      - publish: sweep.json
        artifact: sweep-plan
  - job: point
    dependsOn: plan
${azureJob}    strategy:
      maxParallel: 20
      matrix: $[ dependencies.plan.outputs['emit.matrix'] ]
    steps:
${azureSetUp}      - task: Cache@2
        inputs:
          key: '"sweepline" | "$(Build.BuildId)" | "$(System.JobPositionInPhase)"'
          restoreKeys: '"sweepline"'
          path: .dvc/cache
      - download: current
        artifact: sweep-plan
      - script: sweepline matrix run --plan "$PIPELINE_WORKSPACE/sweep-plan/sweep.json" --point "$POINT"
        condition: and(succeeded(), ne(variables['System.PullRequest.IsFork'], 'True'))
      - script: sweepline matrix run --plan "$PIPELINE_WORKSPACE/sweep-plan/sweep.json" --point "$POINT" --bundle bundles/results.bundle
        condition: and(succeeded(), eq(variables['System.PullRequest.IsFork'], 'True'))
      - publish: bundles
        artifact: sweep-results-$(System.JobPositionInPhase)
        condition: and(always(), eq(variables['System.PullRequest.IsFork'], 'True'))
  - job: collect
    dependsOn: [plan, point]
    condition: and(always(), eq(dependencies.plan.result, 'Succeeded'))
${azureJob}    steps:
${azureSetUp}      - download: current
      - script: sweepline matrix collect --plan "$PIPELINE_WORKSPACE/sweep-plan/sweep.json" --for azure --bundles "$PIPELINE_WORKSPACE" --md report.md
      - script: if [ -f report.md ]; then echo "##vso[task.uploadsummary]$PWD/report.md"; fi
        condition: always()
`,
};

/** The agent has Node and sweepline; steps are uploaded by the first one. */
export const initBuildkite: PipelineFiles = {
  ".buildkite/pipeline.yml": `${header}steps:
  - label: plan
    commands:
      - sweepline matrix plan @sweep.txt -o sweep.json
      - buildkite-agent artifact upload sweep.json
      - sweepline matrix emit --for buildkite --plan sweep.json | buildkite-agent pipeline upload
  - wait: ~
    continue_on_failure: true
  - label: collect
    commands:
      - buildkite-agent artifact download sweep.json .
      - sweepline matrix collect --plan sweep.json --for buildkite --md report.md
    artifact_paths: report.md
`,
};

/** Scripted, since a declarative matrix is static. The agents have Node and sweepline; credentials are the checkout's. */
export const initJenkins: PipelineFiles = {
  Jenkinsfile: `${header.replaceAll("#", "//")}def points
node {
    checkout scm
    sh 'sweepline matrix plan @sweep.txt -o sweep.json'
    sh 'sweepline matrix emit --for jenkins --plan sweep.json -o points.json'
    points = readJSON file: 'points.json'
    stash name: 'sweep', includes: 'sweep.json'
}
def jobs = [failFast: false]
for (int i = 0; i < points.size(); i++) {
    def point = points[i]
    jobs["point " + point] = {
        node {
            checkout scm
            unstash 'sweep'
            withEnv(["POINT=" + point]) {
                catchError(buildResult: 'FAILURE', stageResult: 'FAILURE') {
                    sh 'sweepline matrix run --plan sweep.json --point "$POINT"'
                }
            }
        }
    }
}
parallel jobs
node {
    checkout scm
    unstash 'sweep'
    sh 'sweepline matrix collect --plan sweep.json --for jenkins --md report.md'
    archiveArtifacts artifacts: 'report.md', allowEmptyArchive: true
}
`,
};

const tektonSteps = (name: string, command: string) => `apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: sweepline-${name}
spec:
  params:
    - name: repository
    - name: revision
${name === "point" ? "    - name: point\n" : ""}  steps:
    - name: ${name}
      image: node:22
      workingDir: /tmp
      env:
        - name: REPOSITORY
          value: $(params.repository)
        - name: REVISION
          value: $(params.revision)
${name === "point" ? "        - name: POINT\n          value: $(params.point)\n" : ""}      script: |
        #!/bin/sh
        set -eu
        git init --quiet work && cd work
        git remote add origin "$REPOSITORY"
        git fetch --quiet --depth 1 origin "$REVISION"
        git checkout --quiet --detach FETCH_HEAD
        npm install --global --silent sweepline
        sweepline matrix plan @sweep.txt -o sweep.json
        ${command}
`;

/** Tasks that the emitted Pipeline names. The service account's Git credentials let them push. */
export const initTekton: PipelineFiles = {
  ".tekton/sweepline.yaml": `${header}${tektonSteps("point", 'sweepline matrix run --plan sweep.json --point "$POINT"')}---
${tektonSteps("collect", "sweepline matrix collect --plan sweep.json --for tekton")}`,
};
