/** The commands of `sweepline studio`: a part of catalog.ts. */
export const studioCommands = [
  {
    name: "login",
    summary: "Keep an access token of Studio",
    load: () => import("./commands/studio/login.ts"),
  },
  {
    name: "logout",
    summary: "Forget the access token of Studio",
    load: () => import("./commands/studio/logout.ts"),
  },
  {
    name: "status",
    summary: "Tell whether runs send live updates, and where",
    load: () => import("./commands/studio/status.ts"),
  },
  {
    name: "token",
    summary: "Print the access token of Studio",
    load: () => import("./commands/studio/token.ts"),
  },
];
