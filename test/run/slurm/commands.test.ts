/** What `squeue --json` says, of versions 22 and 23. */
import { expect, test } from "vitest";
import { parseJobs } from "../../../src/run/slurm/commands.ts";

test("tasks of an array: those that run, and those that wait together", () => {
  const of22 = [
    {
      job_id: 5,
      array_job_id: 5,
      array_task_id: null,
      array_task_string: "2,4-6%2",
      name: "sweepline-a.0",
      job_state: "PENDING",
    },
    {
      job_id: 6,
      array_job_id: 5,
      array_task_id: 0,
      array_task_string: "",
      name: "sweepline-a.0",
      job_state: "RUNNING",
    },
    { job_id: 9, array_job_id: 0, array_task_id: null, array_task_string: "", name: "other", job_state: "RUNNING" },
  ];
  const of23 = [
    {
      job_id: 7,
      array_job_id: { set: true, infinite: false, number: 5 },
      array_task_id: { set: true, infinite: false, number: 3 },
      array_task_string: "",
      name: "sweepline-a.0",
      job_state: ["FAILED"],
    },
  ];
  const jobs = parseJobs(JSON.stringify({ jobs: [...of22, ...of23] }), "sweepline-") ?? [];
  const told = jobs.map(({ id, state, tasks }) => [id, state, [0, 1, 2, 3, 4, 5, 6, 7].filter(tasks)]);
  expect(told).toEqual([
    ["5", "PENDING", [2, 4, 5, 6]],
    ["5_0", "RUNNING", [0]],
    ["5_3", "FAILED", [3]],
  ]);
});

test("what is no answer of squeue is none; a list that is cut has any task", () => {
  expect(parseJobs("slurm_load_jobs error", "x")).toBeUndefined();
  expect(parseJobs(JSON.stringify({ errors: [{ error_number: -1 }], jobs: [] }), "x")).toBeUndefined();
  const cut = { job_id: 5, array_task_string: "1-3,5,...", name: "x", job_state: "PENDING" };
  expect(parseJobs(JSON.stringify({ jobs: [cut, { name: 3 }, null] }), "x")?.[0]?.tasks(99)).toBe(true);
});
