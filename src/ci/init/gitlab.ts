import { npmInstall } from "../package-spec.ts";
import { header, ifInFolder, inProject, type Place, pipelineName, planLine, type WritePipeline } from "./types.ts";

const jobsFile = ".gitlab/sweepline-jobs.yml";

function setUp(place: Place): string {
  return `${ifInFolder(place, `    - cd ${place.folder}\n`)}    - ${npmInstall(place.packageSpec)}
`;
}

function pipeline(place: Place): string {
  const emitted = inProject(place, "sweep-jobs.yml");
  return `${header(place)}stages: [plan, points]
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [${inProject(place, "sweep.txt")}]
    - if: $CI_PIPELINE_SOURCE == "web"

sweep-plan:
  stage: plan
  image: node:22
  timeout: 15 minutes
  variables:
    GIT_DEPTH: "1"
  script:
${setUp(place)}    - ${planLine(place)} -o sweep.json
    - sweepline matrix emit --for gitlab --plan sweep.json --template ${jobsFile} -o sweep-jobs.yml
  artifacts:
    expire_in: 1 week
    paths: [${inProject(place, "sweep.json")}, ${emitted}]

sweep-points:
  stage: points
  needs: [sweep-plan]
  variables:
    PARENT_PIPELINE_ID: $CI_PIPELINE_ID
  trigger:
    strategy: depend
    include:
      - artifact: ${emitted}
        job: sweep-plan
`;
}

function collect(place: Place): string {
  return `# Without needs: it waits for all points and gets all their bundles. The plan is made again: the same sweep on the same
# commit gives the same plan.
sweep-collect:
  stage: collect
  when: always
  image: node:22
  variables:
    GIT_DEPTH: "1"
  script:
${setUp(place)}    - ${planLine(place)} -o sweep.json
    - sweepline matrix collect --plan sweep.json --for gitlab --bundles bundles --md report.md
  artifacts:
    when: always
    paths: [${inProject(place, "report.md")}]
`;
}

/** The jobs of the child pipeline: one for each point, and one that collects once all have ended. */
function jobs(place: Place): string {
  return `${header(place)}# A project access token with write_repository, as the masked variable SWEEP_TOKEN, lets the jobs push. Where there is
# none (a fork has none) they hand their results on in bundles.
stages: [points, collect]
# Without a rule, a child of a merge request's pipeline has no jobs.
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "parent_pipeline"

.sweepline-point:
  stage: points
  image: node:22
  timeout: 6 hours
  variables:
    GIT_DEPTH: "1"
  needs:
    - pipeline: $PARENT_PIPELINE_ID
      job: sweep-plan
  cache:
    - key:
        prefix: ${pipelineName(place)}
        files: [${inProject(place, "dvc.lock")}]
      paths: [${inProject(place, ".dvc/cache")}]
    # What another try of the job bundled: results, and checkpoints to go on from.
    - key: $CI_PIPELINE_ID-$POINT
      paths: [${inProject(place, "bundles")}]
      when: always
  retry:
    max: 2
    when: [runner_system_failure, scheduler_failure]
    exit_codes: [75]
  script:
    # Add here what the stages need.
${setUp(place)}    - |
      if [ -n "$SWEEP_TOKEN" ]; then
        git remote set-url --push origin "$CI_SERVER_PROTOCOL://sweepline:$SWEEP_TOKEN@$CI_SERVER_HOST:$CI_SERVER_PORT/$CI_PROJECT_PATH.git"
        sweepline matrix run --plan sweep.json --point "$POINT"
      else
        sweepline matrix run --plan sweep.json --point "$POINT" --bundle "bundles/$POINT.bundle"
      fi
  artifacts:
    when: always
    expire_in: 1 week
    paths: [${inProject(place, "bundles")}]

${collect(place)}`;
}

/** GitLab: a child pipeline, since only that can be computed. */
export const initGitlab: WritePipeline = (place) => ({
  ".gitlab-ci.yml": pipeline(place),
  [jobsFile]: jobs(place),
});
