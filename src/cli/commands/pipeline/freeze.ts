import { freezeCommand } from "./freeze-command.ts";

/** `sweepline freeze STAGE...` */
export const command = freezeCommand("freeze");
