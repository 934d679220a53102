import { freezeCommand } from "./freeze-command.ts";

/** `sweepline unfreeze STAGE...` */
export const command = freezeCommand("unfreeze");
