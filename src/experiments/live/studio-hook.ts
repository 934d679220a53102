/** Tells Studio which experiments of a Git remote came and went, as DVC does after a push and a removal (its utils/studio.py). */
import { isRecord, parseJson } from "../../base/json.ts";
import type { RefName } from "../../git/ids.ts";
import type { Environment } from "../../project/config.ts";
import type { ExperimentsContext } from "../repository.ts";
import { gitRemoteAddress, studioAccount } from "./studio-settings.ts";
import { postJson, webAddress } from "./web-post.ts";

export interface ChangedRefs {
  readonly remote: string;
  readonly pushed?: readonly RefName[];
  readonly removed?: readonly RefName[];
}

export interface StudioAnswer {
  /** Where the experiments can be seen, in Studio's words. */
  readonly url?: string;
  /** Why Studio was not told. */
  readonly warning?: string;
}

const tries = 3;
const limitMs = 5_000;

/** Never refuses: the refs are where they belong. */
export async function tellStudioOfRefs(
  context: ExperimentsContext,
  { remote, pushed = [], removed = [] }: ChangedRefs,
  environment: Environment = process.env,
): Promise<StudioAnswer> {
  if (pushed.length + removed.length === 0 || environment.DVC_TEST) return {};
  let warning: string | undefined;
  const warn = (words: string) => {
    warning = words;
  };
  const account = studioAccount(context, { environment, warn });
  if (account === undefined) return warning === undefined ? {} : { warning };
  const repoUrl = await gitRemoteAddress(context, remote);
  const url = webAddress("webhook/dvc", account.url.href);
  if (repoUrl === undefined || url === undefined) return {};
  const refs = { ...(pushed.length > 0 ? { pushed } : {}), ...(removed.length > 0 ? { removed } : {}) };
  const body = JSON.stringify({ repo_url: repoUrl, client: "dvc", refs });
  const headers = { authorization: `token ${account.token}` };
  const until = Date.now() + limitMs;
  let why = "";
  for (let left = tries; left > 0 && Date.now() < until; left--) {
    const answer = await postJson({ url, headers, body, limitMs: Math.max(1, until - Date.now()) });
    if (answer.kind === "answered" && answer.status >= 200 && answer.status < 300) return linkIn(answer.text);
    why = answer.kind === "none" ? answer.why : `the server says ${answer.status}`;
    if (answer.kind === "answered") break;
  }
  return { warning: `failed to notify Studio: ${why}` };
}

function linkIn(text: string): StudioAnswer {
  const answer = parseJson(text);
  const url = isRecord(answer) && typeof answer.url === "string" ? webAddress(answer.url) : undefined;
  return url === undefined ? {} : { url: url.href };
}
