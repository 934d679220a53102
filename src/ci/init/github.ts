import { header, type PipelineFiles } from "./types.ts";

const setUp = `      - uses: actions/checkout@v4
        with:
          ref: \${{ env.SWEEP_COMMIT }}
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm install --global sweepline
`;

const takePlan = `      - uses: actions/download-artifact@v4
        with:
          name: sweep-plan
`;

const plan = `  plan:
    runs-on: ubuntu-latest
    outputs:
      matrix: \${{ steps.emit.outputs.matrix }}
    steps:
${setUp}      - run: sweepline matrix plan @sweep.txt -o sweep.json
      - id: emit
        run: sweepline matrix emit --for github --plan sweep.json
      - uses: actions/upload-artifact@v4
        with:
          name: sweep-plan
          path: sweep.json
`;

const point = `  point:
    needs: plan
    runs-on: ubuntu-latest
    permissions:
      contents: write # experiments are refs; a pull request from a fork gets no write token whatever stands here
    strategy:
      fail-fast: false
      max-parallel: 20
      matrix: \${{ fromJSON(needs.plan.outputs.matrix) }}
    env:
      POINT: \${{ matrix.point }}
    steps:
${setUp}${takePlan}      - uses: actions/cache@v4
        with:
          path: .dvc/cache
          key: sweepline-\${{ github.run_id }}-\${{ strategy.job-index }}
          restore-keys: sweepline-
      - if: env.FROM_FORK != 'true'
        run: sweepline matrix run --plan sweep.json --point "$POINT"
      - if: env.FROM_FORK == 'true'
        run: sweepline matrix run --plan sweep.json --point "$POINT" --bundle bundles/results.bundle
      - if: always() && env.FROM_FORK == 'true'
        uses: actions/upload-artifact@v4
        with:
          name: sweep-results-\${{ strategy.job-index }}
          path: bundles
          if-no-files-found: ignore
`;

const collect = `  collect:
    needs: [plan, point]
    if: always() && needs.plan.result == 'success'
    runs-on: ubuntu-latest
    steps:
${setUp}${takePlan}      - if: env.FROM_FORK == 'true'
        uses: actions/download-artifact@v4
        with:
          pattern: sweep-results-*
          path: bundles
      - run: sweepline matrix collect --plan sweep.json --for github --bundles bundles --md "$GITHUB_STEP_SUMMARY"
`;

/** GitHub Actions: by hand, and for pull requests that change the sweep; those of forks bring their results in bundles. */
export const initGithub: PipelineFiles = {
  ".github/workflows/sweep.yml": `${header}name: sweep
on:
  workflow_dispatch:
  pull_request:
    paths: [sweep.txt]
permissions:
  contents: read
concurrency:
  group: sweep-\${{ github.ref }}
env:
  SWEEP_COMMIT: \${{ github.event.pull_request.head.sha || github.sha }}
  FROM_FORK: \${{ github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name != github.repository }}
jobs:
${plan}${point}${collect}`,
};
