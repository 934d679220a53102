import { pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emit } from "./types.ts";

/** The workflows of a continuation: they follow the jobs `point` and `collect` of the repository's own file. */
export const emitCircleci: Emit = (emission) => {
  const plan = `          plan: ${quoted(emission.digest)}`;
  return `${[
    `# ${titleOf(emission)}`,
    "workflows:",
    "  sweep:",
    "    jobs:",
    "      - point:",
    "          context: []",
    plan,
    "          matrix:",
    "            parameters:",
    `              point: [${pointTexts(emission).map(quoted).join(", ")}]`,
    "      - collect:",
    plan,
    "          requires:",
    "            - point: [success, failed, canceled]",
  ].join("\n")}\n`;
};
