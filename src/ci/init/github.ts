import { npmInstall } from "../package-spec.ts";
import {
  header,
  ifInFolder,
  inProject,
  type Place,
  pipelineName,
  planCredentials,
  planLine,
  type WritePipeline,
} from "./types.ts";

/** Commits, not tags: a tag can be moved. */
const actions = {
  checkout: "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1",
  setupNode: "actions/setup-node@395ad3262231945c25e8478fd5baf05154b1d79f # v6.1.0",
  upload: "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
  download: "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0",
  cache: "actions/cache@9255dc7a253b0ccc959486e2bca901246202afeb # v5.0.1",
};

/** @param credentials whether the job talks to the repository after the checkout */
function setUp(place: Place, credentials: "kept" | "dropped"): string {
  return `      - uses: ${actions.checkout}
        with:
          ref: \${{ env.SWEEP_COMMIT }}
${credentials === "kept" ? "" : "          persist-credentials: false\n"}      - uses: ${actions.setupNode}
        with:
          node-version: 22
      - run: ${npmInstall(place.packageSpec)}
`;
}

function takePlan(place: Place): string {
  return `      - uses: ${actions.download}
        with:
          name: sweep-plan
${ifInFolder(place, `          path: ${place.folder}\n`)}`;
}

function plan(place: Place): string {
  return `  plan:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    outputs:
      matrix: \${{ steps.emit.outputs.matrix }}
    steps:
${setUp(place, planCredentials(place))}      - run: ${planLine(place)} -o sweep.json
      - id: emit
        run: sweepline matrix emit --for github --plan sweep.json
      - uses: ${actions.upload}
        with:
          name: sweep-plan
          path: ${inProject(place, "sweep.json")}
          overwrite: true # by another attempt of this run
`;
}

function point(place: Place): string {
  return `  point:
    needs: plan
    runs-on: ubuntu-latest
    timeout-minutes: 360
    permissions:
      contents: write # experiments are refs; a pull request from a fork gets no write token whatever stands here
    strategy:
      fail-fast: false
      max-parallel: 40
      matrix: \${{ fromJSON(needs.plan.outputs.matrix) }}
    env:
      POINT: \${{ matrix.point }}
    steps:
${setUp(place, "kept")}      # Add here what the stages need: - run: pip install -r requirements.txt
${takePlan(place)}      - uses: ${actions.cache}
        with:
          path: ${inProject(place, ".dvc/cache")}
          key: ${pipelineName(place)}-\${{ hashFiles('${inProject(place, "dvc.lock")}') }}
          restore-keys: ${pipelineName(place)}-
      - if: env.FROM_FORK != 'true'
        run: sweepline matrix run --plan sweep.json --point "$POINT"
      # What an earlier attempt of the job bundled: results, and checkpoints to go on from.
      - if: env.FROM_FORK == 'true' && github.run_attempt > 1
        continue-on-error: true # it may have come to nothing
        uses: ${actions.download}
        with:
          name: sweep-results-\${{ matrix.point }}
          path: ${inProject(place, "bundles")}
      - if: env.FROM_FORK == 'true'
        run: sweepline matrix run --plan sweep.json --point "$POINT" --bundle bundles/results.bundle
      - if: always() && env.FROM_FORK == 'true'
        uses: ${actions.upload}
        with:
          name: sweep-results-\${{ matrix.point }}
          path: ${inProject(place, "bundles")}
          if-no-files-found: ignore
          overwrite: true
`;
}

function collect(place: Place): string {
  return `  collect:
    needs: [plan, point]
    if: always() && needs.plan.result == 'success'
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
${setUp(place, "kept")}${takePlan(place)}      - if: env.FROM_FORK == 'true'
        uses: ${actions.download}
        with:
          pattern: sweep-results-*
          path: ${inProject(place, "bundles")}
      - run: sweepline matrix collect --plan sweep.json --for github --bundles bundles --md "$GITHUB_STEP_SUMMARY"
`;
}

/** GitHub Actions: by hand, and for pull requests that change the sweep; those of forks bring their results in bundles. */
export const initGithub: WritePipeline = (place) => {
  const name = pipelineName(place);
  const inFolder = `defaults:
  run:
    working-directory: ${place.folder}
`;
  return {
    [`.github/workflows/${name}.yml`]: `${header(place)}name: ${name}
on:
  workflow_dispatch:
  pull_request:
    paths: [${inProject(place, "sweep.txt")}]
permissions:
  contents: read
concurrency:
  group: ${name}-\${{ github.ref }}
env:
  SWEEP_COMMIT: \${{ github.event.pull_request.head.sha || github.sha }}
  FROM_FORK: \${{ github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name != github.repository }}
${ifInFolder(place, inFolder)}jobs:
${plan(place)}${point(place)}${collect(place)}`,
  };
};
