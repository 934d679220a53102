/** A throw-away one-node Slurm, started and stopped by the test; undefined where it can't be had. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { whenFileEnds } from "./clean-up.ts";
import { freePort } from "./free-port.ts";
import { makeTemporaryFolder } from "./repository.ts";
import { waitLimitMs } from "./time-limit.ts";

export interface SlurmFacts {
  readonly cpus: number;
  readonly gpus?: number;
  readonly maxArraySize?: number;
  /** With a partition whose jobs take the place of the others', which start again. */
  readonly urgent?: "partition";
}

type Daemon = "munged" | "slurmctld" | "slurmd";

function has(program: string): boolean {
  return (process.env.PATH ?? "")
    .split(":")
    .concat("/usr/sbin")
    .some((folder) => existsSync(path.join(folder, program)));
}

/** Why the tests of Slurm can't run here; undefined where they can. */
export function slurmMissing(): string | undefined {
  if (process.env.SWEEPLINE_SLURM !== "1") return "only with SWEEPLINE_SLURM=1";
  const missing = ["slurmctld", "slurmd", "munged", "sbatch"].filter((program) => !has(program));
  if (missing.length > 0) return `${missing.join(", ")} can't be found (Debian: apt-get install slurm-wlm munge)`;
  return userInfo().uid === 0 ? undefined : "its daemons run as root here";
}

/**
 * Its daemons and the steps of its jobs lead sessions of their own, and outlive a test run that is killed. So a shell ends whatever
 * has this configuration in its environment, once the pipe to the test run is closed, whichever way that ended.
 */
const guardScript = `cat >/dev/null
for round in 1 2 3; do
  for process in /proc/[0-9]*; do
    tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -Fqx "SLURM_CONF=$1" && kill -KILL "\${process#/proc/}"
  done
done 2>/dev/null`;

function startGuard(configuration: string): void {
  const guard = spawn("/bin/sh", ["-c", guardScript, "sh", configuration], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  whenFileEnds(() => void guard.stdin.destroy());
}

export class Slurm {
  readonly env: Readonly<Record<string, string>>;
  readonly #daemons = new Map<Daemon, { readonly pid: number; readonly ended: Promise<void> }>();

  private constructor(private readonly folder: string) {
    this.env = { SLURM_CONF: path.join(folder, "slurm.conf"), PATH: `${process.env.PATH}:/usr/sbin` };
  }

  static async start(facts: SlurmFacts): Promise<Slurm> {
    const folder = makeTemporaryFolder();
    const slurm = new Slurm(folder);
    for (const name of ["state", "spool", "munge"]) mkdirSync(path.join(folder, name), { mode: 0o700 });
    writeFileSync(path.join(folder, "munge", "key"), Buffer.alloc(1024, folder), { mode: 0o600 });
    await slurm.#configure(facts);
    startGuard(path.join(folder, "slurm.conf"));
    whenFileEnds(() => slurm.stop());
    slurm.startDaemon("munged");
    await slurm.until(() => existsSync(path.join(folder, "munge.sock")), "munged");
    slurm.startDaemon("slurmctld");
    await slurm.until(() => slurm.tell("scontrol", "ping") !== undefined, "slurmctld");
    slurm.startDaemon("slurmd");
    await slurm.until(() => /^(idle|mixed)/m.test(slurm.tell("sinfo", "-h", "-o", "%T") ?? ""), "the node");
    return slurm;
  }

  async #configure({ cpus, gpus = 0, maxArraySize = 1001, urgent }: SlurmFacts): Promise<void> {
    const { folder } = this;
    const host = hostname().split(".")[0] ?? "";
    const devices = Array.from({ length: gpus }, (_, at) => path.join(folder, `nvidia${at}`));
    // A device by another name will do; the digit at the end becomes the GPU's number.
    for (const device of devices) execFileSync("mknod", [device, "c", "1", "3"]);
    const gres = devices.map((device) => `NodeName=${host} Name=gpu File=${device} Flags=nvidia_gpu_env\n`);
    writeFileSync(path.join(folder, "gres.conf"), gres.join(""));
    writeFileSync(path.join(folder, "cgroup.conf"), "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n");
    const lines = [
      "ClusterName=one",
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${await freePort()}`,
      `SlurmdPort=${await freePort()}`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${folder}/munge.sock`,
      "CredType=cred/munge",
      "SlurmUser=root",
      "SlurmdUser=root",
      `StateSaveLocation=${folder}/state`,
      `SlurmdSpoolDir=${folder}/spool`,
      `SlurmctldPidFile=${folder}/slurmctld.pid`,
      `SlurmdPidFile=${folder}/slurmd.pid`,
      `SlurmctldLogFile=${folder}/slurmctld.log`,
      `SlurmdLogFile=${folder}/slurmd.log`,
      "SwitchType=switch/none",
      "MpiDefault=none",
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
      "JobAcctGatherType=jobacct_gather/none",
      "AccountingStorageType=accounting_storage/none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_CPU",
      "SchedulerType=sched/backfill",
      "SchedulerParameters=sched_interval=2,sched_min_interval=0,batch_sched_delay=0,bf_interval=2",
      "ReturnToService=2",
      "KillWait=5",
      `MaxArraySize=${maxArraySize}`,
      "JobRequeue=1",
      "SlurmdParameters=config_overrides",
      "PropagateResourceLimits=NONE",
      ...(gpus > 0 ? ["GresTypes=gpu"] : []),
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=1000${gpus > 0 ? ` Gres=gpu:${gpus}` : ""} State=UNKNOWN`,
      `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO PriorityTier=1`,
      ...(urgent === undefined
        ? []
        : [
            ...["PreemptType=preempt/partition_prio", "PreemptMode=REQUEUE"],
            `PartitionName=urgent Nodes=${host} MaxTime=INFINITE State=UP OverSubscribe=NO PriorityTier=9`,
          ]),
    ];
    writeFileSync(path.join(folder, "slurm.conf"), `${lines.join("\n")}\n`);
  }

  startDaemon(name: Daemon): void {
    const munge = path.join(this.folder, "munge");
    const words: Readonly<Record<Daemon, readonly string[]>> = {
      munged: [
        ...["--foreground", "--force", "--num-threads=2", `--key-file=${munge}/key`, `--pid-file=${munge}/pid`],
        ...[`--socket=${this.folder}/munge.sock`, `--log-file=${munge}/log`, `--seed-file=${munge}/seed`],
      ],
      slurmctld: ["-D"],
      slurmd: ["-D", "-N", hostname().split(".")[0] ?? ""],
    };
    const out = openSync(path.join(this.folder, `${name}.out`), "a");
    const child = spawn(name, words[name], {
      env: { ...process.env, ...this.env },
      detached: true,
      stdio: ["ignore", out, out],
    });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    if (child.pid !== undefined) this.#daemons.set(name, { pid: child.pid, ended });
  }

  /** What one of Slurm's programs prints; undefined where it fails. */
  tell(program: string, ...args: readonly string[]): string | undefined {
    try {
      return execFileSync(program, args, { env: { ...process.env, ...this.env }, encoding: "utf8", stdio: "pipe" });
    } catch {
      return undefined;
    }
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + waitLimitMs; !condition(); ) {
      if (Date.now() > end) throw new Error(`${what}: not in time\n${this.#log()}`);
      await setTimeout(100);
    }
  }

  #log(): string {
    const file = path.join(this.folder, "slurmctld.log");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(-15).join("\n") : "";
  }

  /** Waits until the job that was put back waits, and has it start at once: by itself it would wait two minutes. */
  async startAgain(job: string): Promise<void> {
    const told = () => this.tell("squeue", "-h", "-j", job, "-O", "State,RestartCnt") ?? "";
    await this.until(() => /PENDING\s+[1-9]/.test(told()), "the requeue");
    // Started in the second in which it ended, Slurm calls its credential revoked.
    await setTimeout(3_000);
    this.tell("scontrol", "update", `JobId=${job}`, "StartTime=now");
  }

  /** The ids of the jobs that wait or run. */
  jobs(): readonly string[] {
    return (this.tell("squeue", "-h", "-o", "%i") ?? "").split("\n").filter((line) => line !== "");
  }

  /** Waits until the controller has written down the jobs that there are now: what it has not it forgets when it is killed. */
  async saved(): Promise<void> {
    const now = Date.now();
    // It may have done so before, and writes only what has changed.
    for (const job of this.jobs()) this.tell("scontrol", "update", `JobId=${job}`, `Comment=${now}`);
    const file = path.join(this.folder, "state", "job_state");
    await this.until(() => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > now, "the controller's state");
  }

  async kill(name: Daemon, signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemons.get(name);
    if (daemon === undefined) return;
    process.kill(daemon.pid, signal);
    await daemon.ended;
    this.#daemons.delete(name);
  }

  async stop(): Promise<void> {
    if (this.#daemons.has("slurmctld")) {
      this.tell("scancel", "--user=root");
      await this.until(() => this.jobs().length === 0, "the jobs' end").catch(() => undefined);
    }
    for (const name of ["slurmd", "slurmctld", "munged"] as const) await this.kill(name, "SIGKILL");
  }
}
