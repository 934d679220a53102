import { npmInstall } from "../package-spec.ts";
import { header, ifInFolder, type Place, type WritePipeline } from "./types.ts";

function setUp(place: Place): string {
  const checkout = place.folder === "" ? "      - checkout\n" : "      - checkout:\n          path: ~/project\n";
  return `${checkout}      - run: ${npmInstall(place.packageSpec, ["--prefix ~/.local"])} && echo 'export PATH="$HOME/.local/bin:$PATH"' >> "$BASH_ENV"
`;
}

function image(place: Place): string {
  return `    docker:
      - image: cimg/node:22.11
${ifInFolder(place, `    working_directory: ~/project/${place.folder}\n`)}`;
}

function config(place: Place): string {
  return `${header(place)}# Runs on each push to the default branch, and to a pull request of a fork where the project builds those: CircleCI has no
# filter by file. Put other branches here, or keep a branch for sweeps.
version: 2.1
setup: true
orbs:
  continuation: circleci/continuation@1.0.0
jobs:
  plan:
${image(place)}    steps:
${setUp(place)}      - run: sweepline matrix plan @sweep.txt -o sweep.json
      - run: sweepline matrix emit --for circleci --plan sweep.json -o sweep-workflow.yml
      - run: cat ~/project/.circleci/sweep-jobs.yml sweep-workflow.yml > sweep-pipeline.yml
      - continuation/continue:
          configuration_path: sweep-pipeline.yml
workflows:
  plan:
    jobs:
      - plan:
          filters:
            branches:
              only: [${JSON.stringify(place.branch ?? "main")}, '/pull\\/[0-9]+/']
`;
}

/** A step that fails ends a job before its workspace is kept: so the point's exit code waits in a file. */
function jobs(place: Place): string {
  return `${header(place)}# Pushing needs a user key, or a deploy key with write access. The builds of forks have none: they hand on bundles.
version: 2.1
jobs:
  point:
    parameters:
      point:
        type: string
      plan:
        type: string
${image(place)}    environment:
      POINT: << parameters.point >>
      PLAN: << parameters.plan >>
    steps:
${setUp(place)}      # Add here what the stages need.
      - restore_cache:
          keys: [sweepline-]
      - run: sweepline matrix plan @sweep.txt --expect "$PLAN" -o sweep.json
      - run:
          no_output_timeout: 5h
          command: |
            mkdir -p bundles
            if [ -n "$CIRCLE_PR_USERNAME" ]; then set -- --bundle "bundles/$POINT.bundle"; else set --; fi
            code=0
            sweepline matrix run --plan sweep.json --point "$POINT" "$@" || code=$?
            echo "$code" > exit-code
      - persist_to_workspace:
          root: .
          paths: [bundles]
      - save_cache:
          key: sweepline-{{ .Revision }}
          paths: [.dvc/cache]
      - run: exit "$(cat exit-code)"
  collect:
    parameters:
      plan:
        type: string
${image(place)}    environment:
      PLAN: << parameters.plan >>
    steps:
${setUp(place)}      - attach_workspace:
          at: .
      - run: sweepline matrix plan @sweep.txt --expect "$PLAN" -o sweep.json
      - run: sweepline matrix collect --plan sweep.json --for circleci --bundles bundles --md report.md
      - store_artifacts:
          path: report.md
`;
}

/** A setup workflow computes the matrix, the continuation runs it. The plan is made again in each job: it is the same. */
export const initCircleci: WritePipeline = (place) => ({
  ".circleci/config.yml": config(place),
  ".circleci/sweep-jobs.yml": jobs(place),
});
