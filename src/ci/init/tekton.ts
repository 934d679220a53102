import { header, ifInFolder, type Place, packageName, type WritePipeline } from "./types.ts";

interface Task {
  readonly name: "point" | "collect";
  readonly command: string;
}

function task(place: Place, { name, command }: Task): string {
  const ofPoint = (lines: string) => (name === "point" ? lines : "");
  return `apiVersion: tekton.dev/v1
kind: Task
metadata:
  name: sweepline-${name}
spec:
  params:
    - name: repository
    - name: revision
${ofPoint("    - name: point\n")}  steps:
    - name: ${name}
      image: node:22
      workingDir: /tmp
      env:
        - name: REPOSITORY
          value: $(params.repository)
        - name: REVISION
          value: $(params.revision)
${ofPoint("        - name: POINT\n          value: $(params.point)\n")}      script: |
        #!/bin/sh
        set -eu
        git init --quiet work && cd work
        git remote add origin "$REPOSITORY"
        git fetch --quiet --depth 1 origin "$REVISION"
        git checkout --quiet --detach FETCH_HEAD
        npm install --global --silent ${packageName(place)}
${ifInFolder(place, `        cd ${place.folder}\n`)}        sweepline matrix plan @sweep.txt -o sweep.json
        ${command}
`;
}

/** Tasks that the emitted Pipeline names. The service account's Git credentials let them push. */
export const initTekton: WritePipeline = (place) => {
  const run = `sweepline matrix run --plan sweep.json --point "$POINT"`;
  const collect = "sweepline matrix collect --plan sweep.json --for tekton";
  return {
    ".tekton/sweepline.yaml": `${header(place)}${task(place, { name: "point", command: run })}---
${task(place, { name: "collect", command: collect })}`,
  };
};
