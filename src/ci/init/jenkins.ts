import { npmInstall, useCache } from "../package-spec.ts";
import { header, type Place, planLine, type WritePipeline } from "./types.ts";

function head(place: Place): string {
  return `${header(place).replaceAll(/^#/gm, "//")}// The agents need Node 20, Git and sweepline: ${npmInstall(place.packageSpec)}
// Each build of the job runs the sweep: start it by hand, or limit the branches and triggers in the job's settings.
// Plugins: Pipeline Utility Steps (readJSON), Git 4.8 (gitUsernamePassword).
// Results are refs of the repository: the credential 'sweepline' (user name and a token that may push) gives the right.
// For a key, take sshagent(['sweepline']) of the plugin SSH Agent instead of withCredentials.
// Data stays in the agents' workspaces. For agents that start empty, set SWEEP_CACHE to a folder that stays.
`;
}

/** One build a point, with the credential for its results. */
function jobs(folder: string): string {
  return `def jobs = [failFast: false]
for (int i = 0; i < points.size(); i++) {
    def point = points[i]
    jobs["point " + point] = {
        node {
            checkout scm
            dir('${folder}') {
                unstash 'sweep'
                withEnv(["POINT=" + point]) {
                    catchError(buildResult: 'FAILURE', stageResult: 'FAILURE') {
                        withCredentials(pushing) {
                            sh '${useCache()}'
                            // 75: an outside cause, worth another try.
                            int code = 75
                            for (int attempt = 0; code == 75 && attempt < 3; attempt++)
                                code = sh script: 'sweepline matrix run --plan sweep.json --point "$POINT"', returnStatus: true
                            if (code != 0) error('sweepline matrix run ended with ' + code)
                        }
                    }
                }
            }
        }
    }
}
`;
}

/** Scripted, since a declarative matrix is static. */
export const initJenkins: WritePipeline = (place) => {
  const folder = place.folder === "" ? "." : place.folder;
  return {
    Jenkinsfile: `${head(place)}if (env.CHANGE_FORK) {
    // Agents would run a stranger's stages beside the credential.
    currentBuild.result = 'NOT_BUILT'
    echo 'The sweep is not run for pull requests from forks.'
    return
}
def pushing = [gitUsernamePassword(credentialsId: 'sweepline', gitToolName: 'Default')]
def points
node {
    checkout scm
    dir('${folder}') {
        sh '${planLine(place)} -o sweep.json'
        sh 'sweepline matrix emit --for jenkins --plan sweep.json -o points.json'
        points = readJSON file: 'points.json'
        stash name: 'sweep', includes: 'sweep.json'
    }
}
${jobs(folder)}parallel jobs
node {
    checkout scm
    dir('${folder}') {
        unstash 'sweep'
        try {
            withCredentials(pushing) {
                sh 'sweepline matrix collect --plan sweep.json --for jenkins --md report.md'
            }
        } finally {
            archiveArtifacts artifacts: 'report.md', allowEmptyArchive: true
        }
    }
}
`,
  };
};
