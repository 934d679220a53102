import { header, type PipelineFiles } from "./types.ts";

const pipeline = `${header}stages: [plan, points]
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [sweep.txt]
    - if: $CI_PIPELINE_SOURCE == "web"

sweep-plan:
  stage: plan
  image: node:22
  variables:
    GIT_DEPTH: "1"
  script:
    - npm install --global sweepline
    - sweepline matrix plan @sweep.txt -o sweep.json
    - sweepline matrix emit --for gitlab --plan sweep.json --template .gitlab/sweepline-jobs.yml -o sweep-jobs.yml
  artifacts:
    expire_in: 1 week
    paths: [sweep.json, sweep-jobs.yml]

sweep-points:
  stage: points
  needs: [sweep-plan]
  variables:
    PARENT_PIPELINE_ID: $CI_PIPELINE_ID
  trigger:
    strategy: depend
    include:
      - artifact: sweep-jobs.yml
        job: sweep-plan
`;

/** The jobs of the child pipeline: one for each point, and one that collects once all have ended. */
const jobs = `${header}# A project access token with write_repository, as the masked variable SWEEP_TOKEN, lets the jobs push. Where there is
# none (a fork has none) they hand their results on in bundles.
stages: [points, collect]

.sweepline-point:
  stage: points
  image: node:22
  variables:
    GIT_DEPTH: "1"
  needs:
    - pipeline: $PARENT_PIPELINE_ID
      job: sweep-plan
  cache:
    key: sweepline
    paths: [.dvc/cache]
  retry:
    max: 2
    exit_codes: [75]
  script:
    - npm install --global sweepline
    - |
      if [ -n "$SWEEP_TOKEN" ]; then
        git remote set-url --push origin "https://sweepline:$SWEEP_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git"
        sweepline matrix run --plan sweep.json --point "$POINT"
      else
        sweepline matrix run --plan sweep.json --point "$POINT" --bundle "bundles/$CI_JOB_ID.bundle"
      fi
  artifacts:
    when: always
    expire_in: 1 week
    paths: [bundles]

# Without needs: it waits for all points and gets all their bundles. The plan is made again: the same sweep on the same
# commit gives the same plan.
sweep-collect:
  stage: collect
  when: always
  image: node:22
  variables:
    GIT_DEPTH: "1"
  script:
    - npm install --global sweepline
    - sweepline matrix plan @sweep.txt -o sweep.json
    - sweepline matrix collect --plan sweep.json --for gitlab --bundles bundles --md report.md
  artifacts:
    when: always
    paths: [report.md]
`;

/** GitLab: a child pipeline, since only that can be computed. */
export const initGitlab: PipelineFiles = {
  ".gitlab-ci.yml": pipeline,
  ".gitlab/sweepline-jobs.yml": jobs,
};
