import { npmInstall, useCache } from "../package-spec.ts";
import { header, ifInFolder, type Place, type WritePipeline } from "./types.ts";

interface Task {
  readonly name: "point" | "collect";
  /** An optional workspace; the step knows its folder by a variable, which is empty where it is not bound. */
  readonly workspace: { readonly name: string; readonly variable: string };
  readonly script: readonly string[];
}

function task(place: Place, { name, workspace, script }: Task): string {
  const ofPoint = (lines: string) => (name === "point" ? lines : "");
  return `apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: sweepline-${name}
spec:
  params:
    - name: revision
    - name: plan
${ofPoint("    - name: point\n")}  workspaces:
    - name: ${workspace.name}
      optional: true
  steps:
    - name: ${name}
      image: node:22
      workingDir: /tmp
      env:
        - name: REPOSITORY
          valueFrom:
            secretKeyRef:
              name: sweepline
              key: repository
        - name: REVISION
          value: $(params.revision)
        - name: PLAN
          value: $(params.plan)
${ofPoint("        - name: POINT\n          value: $(params.point)\n")}        - name: ${workspace.variable}
          value: $(workspaces.${workspace.name}.path)
      script: |
        #!/bin/sh
        set -eu
        git init --quiet work && cd work
        git remote add origin "$REPOSITORY"
        git fetch --quiet --depth 1 origin "$REVISION"
        git checkout --quiet --detach FETCH_HEAD
${ifInFolder(place, `        cd ${place.folder}\n`)}        ${npmInstall(place.packageSpec, ["--silent"])}
        sweepline matrix plan @sweep.txt --expect "$PLAN" -o sweep.json
${script.map((line) => `        ${line}\n`).join("")}`;
}

const point: Task = {
  name: "point",
  workspace: { name: "cache", variable: "SWEEP_CACHE" },
  script: [
    useCache(),
    "# 75: an outside cause, worth another try. Retries of Tekton's own would run failed points again.",
    "for attempt in 1 2 3; do",
    "  code=0",
    `  sweepline matrix run --plan sweep.json --point "$POINT" || code=$?`,
    '  test "$code" = 75 || break',
    "done",
    'exit "$code"',
  ],
};

const collect: Task = {
  name: "collect",
  workspace: { name: "report", variable: "SWEEP_REPORT" },
  script: [
    'test -z "$SWEEP_REPORT" || set -- --md "$SWEEP_REPORT/report.md"',
    'sweepline matrix collect --plan sweep.json --for tekton "$@"',
  ],
};

/** The Pipeline itself has the matrix in it, so that whoever starts a sweep plans it: Tekton has no job that could. */
function howToStart(place: Place): string {
  return `# To start a sweep, in a clone of the commit that is to be run:
#   kubectl apply -f .tekton/sweepline.yaml
${ifInFolder(place, `#   cd ${place.folder}\n`)}#   sweepline matrix plan @sweep.txt -o sweep.json
#   sweepline matrix emit --for tekton --plan sweep.json | kubectl apply -f -
# and a PipelineRun of that Pipeline, with the commit as the param 'revision'.
# The secret 'sweepline' has the repository's URL in its key 'repository', with a token that may push. Start no sweep for a
# fork's commit: its stages would run beside that token.
# Optional workspaces: 'cache' keeps data between runs, 'report' gets report.md.
`;
}

/** Tasks that the emitted Pipeline names. */
export const initTekton: WritePipeline = (place) => ({
  ".tekton/sweepline.yaml": `${header(place)}${howToStart(place)}${task(place, point)}---
${task(place, collect)}`,
});
