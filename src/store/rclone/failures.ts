/** What rclone says where it fails. Its words are those of servers and libraries: this file alone looks at them. */
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { visible } from "../../base/text/visible.ts";

/** Of a listing: there is no such folder. */
export const folderMissing = 3;

interface Kind {
  readonly words: RegExp;
  readonly code: "REMOTE_DENIED" | "REMOTE_FAILED";
  readonly hint: string;
}

const again = "Once that is mended, the same command goes on with what is missing.";

const kinds: readonly Kind[] = [
  {
    words: /knownhosts: key is unknown|known_hosts_file/,
    code: "REMOTE_DENIED",
    hint: "The server is not known yet: connect once with `ssh`, which shows its key and asks.",
  },
  {
    words: /knownhosts: key mismatch/,
    code: "REMOTE_DENIED",
    hint: "Another server answers, or it has a key of another kind too: compare `ssh-keyscan HOST` with what its owner says, and add what is missing to known_hosts.",
  },
  {
    words:
      /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|AuthenticationFailed|AuthorizationFailure|NoCredentialProviders|invalid_grant|InvalidClientTokenId|ExpiredToken|unable to authenticate|couldn't find any|Unauthorized|Forbidden|\b40[13]\b|permission denied/i,
    code: "REMOTE_DENIED",
    hint: "Check the key or password: `remote modify --local NAME OPTION VALUE` sets it for this clone only.",
  },
  {
    words: /NoSuchBucket|ContainerNotFound|bucket.*(not exist|not found)/i,
    code: "REMOTE_FAILED",
    hint: "Make the bucket first, or correct the remote's address.",
  },
];

/** Without rclone's function that failed, and numbers that mean something to a server's owner only. */
function withoutFrame(text: string): string {
  const own =
    /^(Failed to \w+( with \d+ errors: last error was)?: )?(error in ListJSON: |error listing: |error reading destination root directory: )?/;
  return text.replace(own, "").replace(/,? request id: [^,\s]*(, host id: ?\S*)?/g, "");
}

/** Without what opens doors, without escapes, of bounded length. */
export function maskedWords(text: string, secrets: readonly string[]): string {
  const bounded = text.slice(0, 2000);
  const masked = secrets.reduce(
    (words, secret) => (secret.length < 4 ? words : words.replaceAll(secret, "***")),
    bounded,
  );
  return visible(withoutCredentials(withoutFrame(masked)).replace(/\s+/g, " ").trim()).slice(0, 500);
}

/** The error of a request that failed as a whole. */
export function requestFailed(place: string, words: string): SweeplineError {
  const kind = kinds.find((each) => each.words.test(words));
  return new SweeplineError({
    code: kind?.code ?? "REMOTE_FAILED",
    message: `${place}: ${words === "" ? "rclone failed without a word" : words}`,
    hint: kind?.hint ?? again,
  });
}
