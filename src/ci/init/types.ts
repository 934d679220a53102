/** A pipeline that `matrix init` writes: files by their path in the repository. */
export type PipelineFiles = Readonly<Record<string, string>>;

/** What stands at the top of each file. */
export const header = `# Written by \`sweepline matrix init\`. The sweep is in sweep.txt, one override a line.
# Jobs get positions of points, through the environment only; values stay in the plan.
`;
