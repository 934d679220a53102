import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { within } from "./time-limit.ts";

/** A port of 127.0.0.1 that nobody has now, for servers that choose none themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** For servers that do not say when they listen. `what` completes "waited 300 s for ...". */
export async function untilAnswering(port: number, what: string): Promise<void> {
  const listening = async () => {
    while (!(await answers(port))) await pause(20);
  };
  await within(listening(), what);
}
