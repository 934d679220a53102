/** What Git or .dvcignore ignore and a pipeline needs: results without their lock file would lose their data. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { isInternal } from "../../project/gate.ts";
import { isGitIgnored, type RuleFiles, ruleFiles } from "../../project/gitignore.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";
import { isUrl } from "../paths.ts";
import type { Stage } from "../types.ts";

/** Refuses a file that has to be in Git and is ignored there, whether it exists or not (GIT_IGNORED). @param file absolute */
export function refuseGitIgnored({ gitRoot, root }: Project, file: string, rules: RuleFiles = ruleFiles()): void {
  if (gitRoot === null || !isGitIgnored(gitRoot, file, rules)) return;
  const shown = path.relative(root, file);
  throw new SweeplineError({
    code: "GIT_IGNORED",
    message: `'${shown}' is git-ignored.`,
    hint: `\`git check-ignore -v '${shown}'\` says by which line; add \`!${path.basename(file)}\` below it.`,
  });
}

/**
 * Refuses lock files that Git ignores (GIT_IGNORED; dvc/dvcfile.py) and outputs that .dvcignore ignores (IGNORED;
 * dvc/output.py, _validate_output_path).
 */
export function refuseIgnored(project: Project, stages: readonly Stage[]): void {
  const files = ruleFiles();
  const pipelines = new Set(stages.filter(({ cmd }) => cmd !== null).map(({ file }) => file));
  for (const file of pipelines)
    refuseGitIgnored(project, path.join(project.root, path.dirname(file), "dvc.lock"), files);
  const rules = ignoreRules(project.root);
  for (const stage of stages)
    for (const output of stage.outs) {
      const target = path.resolve(stage.workingFolder, output.path);
      // What would replace the project's own files is refused as that, by the check of boundaries.
      if (isUrl(output.path) || isInternal(path.relative(project.root, target))) continue;
      if (!rules.hasRuleFor(target, "file") && !rules.hasRuleFor(target, "folder")) continue;
      const stats = statSync(target, { throwIfNoEntry: false });
      if (stats !== undefined && !rules.hasRuleFor(target, stats.isDirectory() ? "folder" : "file")) continue;
      throw new SweeplineError({
        code: "IGNORED",
        message: `output '${path.relative(project.root, target)}' of '${stage.address}' is ignored by .dvcignore`,
        hint: "Take it out of .dvcignore: what is ignored there is no data.",
      });
    }
}
