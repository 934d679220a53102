/** The commands of `sweepline queue`: a part of catalog.ts. */
export const queueCommands = [
  {
    name: "kill",
    summary: "End running experiments",
    load: () => import("./commands/queue/kill.ts"),
  },
  {
    name: "logs",
    summary: "Print the log of a task",
    load: () => import("./commands/queue/logs.ts"),
  },
  {
    name: "move",
    summary: "Change the order of the queue",
    load: () => import("./commands/queue/move.ts"),
  },
  {
    name: "remove",
    summary: "Take tasks out of the queue",
    load: () => import("./commands/queue/remove.ts"),
  },
  {
    name: "retry",
    summary: "Queue failed experiments again",
    load: () => import("./commands/queue/retry.ts"),
  },
  {
    name: "start",
    summary: "Run the queue in the background",
    load: () => import("./commands/queue/start.ts"),
  },
  {
    name: "status",
    summary: "Show the queue and its workers",
    load: () => import("./commands/queue/status.ts"),
  },
  {
    name: "stop",
    summary: "Stop the background workers",
    load: () => import("./commands/queue/stop.ts"),
  },
  {
    name: "task",
    summary: "Run experiments in a job of a cluster",
    hidden: true as const,
    load: () => import("./commands/queue/task.ts"),
  },
  {
    name: "worker",
    summary: "What `queue start` starts",
    hidden: true as const,
    load: () => import("./commands/queue/worker.ts"),
  },
];
