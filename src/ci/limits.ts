/** How many jobs a system takes. Each row has its source; a limit that a plan or an administrator sets can be changed with --max-jobs. */

export interface JobLimit {
  readonly maxJobs: number;
  /** "hard": the system has no setting for it, so --max-jobs may not exceed it. */
  readonly kind: "hard" | "default";
  readonly source: string;
}

const limits = {
  github: {
    maxJobs: 256,
    kind: "hard",
    source: "docs.github.com/en/actions/reference/limits: a job matrix generates 256 jobs a workflow run at most",
  },
  gitlab: {
    // The pipeline's own jobs (plan, trigger, collect) count too.
    maxJobs: 490,
    kind: "default",
    source:
      "docs.gitlab.com/user/gitlab_com, jobs in active pipelines: 500 on the lowest plan; 200 a parallel:matrix (below)",
  },
  circleci: {
    maxJobs: 128,
    kind: "default",
    source:
      "UNCONFIRMED: circleci.com/docs (orchestrate/using-matrix-jobs) names none, 128 is what users remember; --max-jobs changes it",
  },
  azure: {
    maxJobs: 256,
    kind: "hard",
    source: "github.com/MicrosoftDocs/azure-devops-docs/issues/10979: 256 jobs of a matrix in practice",
  },
  buildkite: {
    maxJobs: 500,
    kind: "default",
    source:
      "the agent's own refusal, quoted in github.com/ray-project/rayci/pull/483: an upload is rejected above the organization's limit of 500 jobs",
  },
  jenkins: {
    maxJobs: 1000,
    kind: "default",
    source: "no limit of its own: parallel branches cost memory and executors",
  },
  tekton: {
    maxJobs: 256,
    kind: "default",
    source: "tekton.dev/docs/pipelines/matrix, concurrency control: default-max-matrix-combinations-count, 256",
  },
  slurm: {
    maxJobs: 1001,
    kind: "default",
    source: "slurm.schedmd.com/slurm.conf.html, MaxArraySize: 1001 by default, indices below it",
  },
  kubernetes: {
    maxJobs: 100_000,
    kind: "hard",
    source:
      "kubernetes/kubernetes, pkg/apis/batch/validation/validation.go: parallelism and failed indices up to 100,000",
  },
  json: { maxJobs: 1_000_000, kind: "default", source: "none: the largest sweep there is" },
  lines: { maxJobs: 1_000_000, kind: "default", source: "none: the largest sweep there is" },
} as const satisfies Readonly<Record<string, JobLimit>>;

export type System = keyof typeof limits;
export const systems = Object.keys(limits) as readonly System[];
export const jobLimits: Readonly<Record<System, JobLimit>> = limits;

/** Jobs of one parallel:matrix; gitlab.com/gitlab-org/gitlab/-/issues/438369 and 547976. */
export const gitlabMatrixJobs = 200;

/** GitHub: docs.github.com, Workflow commands, job summaries: 1 MiB a step, over it the whole upload is dropped. */
export const summaryBytes = 1024 * 1024;
/** GitHub's and GitLab's comments: 65,536 characters (GitHub answers 422 above). */
export const commentCharacters = 65_536;
