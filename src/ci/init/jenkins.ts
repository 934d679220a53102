import { header, type WritePipeline } from "./types.ts";

/** Scripted, since a declarative matrix is static. The agents have Node and sweepline; credentials are the checkout's. */
export const initJenkins: WritePipeline = (place) => {
  const folder = place.folder === "" ? "." : place.folder;
  return {
    Jenkinsfile: `${header(place).replaceAll(/^#/gm, "//")}// Needs the plugin Pipeline Utility Steps, for readJSON.
def points
node {
    checkout scm
    dir('${folder}') {
        sh 'sweepline matrix plan @sweep.txt -o sweep.json'
        sh 'sweepline matrix emit --for jenkins --plan sweep.json -o points.json'
        points = readJSON file: 'points.json'
        stash name: 'sweep', includes: 'sweep.json'
    }
}
def jobs = [failFast: false]
for (int i = 0; i < points.size(); i++) {
    def point = points[i]
    jobs["point " + point] = {
        node {
            checkout scm
            dir('${folder}') {
                unstash 'sweep'
                withEnv(["POINT=" + point]) {
                    catchError(buildResult: 'FAILURE', stageResult: 'FAILURE') {
                        sh 'sweepline matrix run --plan sweep.json --point "$POINT"'
                    }
                }
            }
        }
    }
}
parallel jobs
node {
    checkout scm
    dir('${folder}') {
        unstash 'sweep'
        try {
            sh 'sweepline matrix collect --plan sweep.json --for jenkins --md report.md'
        } finally {
            archiveArtifacts artifacts: 'report.md', allowEmptyArchive: true
        }
    }
}
`,
  };
};
