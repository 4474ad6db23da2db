import type { Clock } from "../../base/clock.ts";
import type { Secret } from "../../base/secret.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { bearerOf, type Credential } from "../../clients/issuers/issuer.ts";
import { rawBasicProof } from "../../clients/issuers/token-request.ts";
import { type FunctionAnswer, partsOf } from "../function.ts";
import { type Answer, answered, unknown } from "./answers.ts";

/** One token request after the regenerate that does not use the old secret. Times on `Clock.monotonic`. */
interface Login {
  readonly at: number;
  readonly isAccepted: boolean;
}

/** Records and measures the requests to the domain. */
export interface Tape {
  readonly transport: Transport;
  /** Clears the record. @param oldAuthorization the header with which the old secret logs in */
  start(oldAuthorization: string): void;
  /** When a regenerate last succeeded; null: never. */
  mintedAt(): number | null;
  logins(): readonly Login[];
  /** Whether setting a chosen value succeeded. */
  isPatched(): boolean;
}

export function createTape(transport: Transport, clock: Clock): Tape {
  let old = "";
  let mintedAt: number | null = null;
  let logins: Login[] = [];
  let isPatched = false;
  return {
    start: (authorization) => {
      old = authorization;
      mintedAt = null;
      logins = [];
      isPatched = false;
    },
    mintedAt: () => mintedAt,
    logins: () => logins,
    isPatched: () => isPatched,
    transport: async (request) => {
      const answer = await transport(request);
      const { pathname } = new URL(request.url);
      const isDone = answer.status >= 200 && answer.status < 300;
      if (pathname === "/admin/v1/AppClientSecretRegenerator" && isDone) {
        mintedAt = clock.monotonic();
        logins = [];
      }
      if (request.method === "PATCH" && pathname.startsWith("/admin/v1/Apps/") && isDone) isPatched = true;
      const isJudged = isDone || answer.status === 401;
      if (
        pathname === "/oauth2/v1/token" &&
        mintedAt !== null &&
        isJudged &&
        request.headers["authorization"] !== old
      ) {
        logins.push({ at: clock.monotonic(), isAccepted: isDone });
      }
      return answer;
    },
  };
}

/** What the domain's questions need. Values change only through the product's own pipeline, which stores each one as it goes. */
export interface IssuerProbe {
  readonly clock: Clock;
  readonly tape: Tape;
  readonly open: (text: Secret) => Credential;
  readonly readCurrent: () => Promise<Secret>;
  /** A whole rotation here, with a value chosen by the domain or by us. */
  readonly rotate: (valueChosenBy: "issuer" | "caller") => Promise<FunctionAnswer>;
}

/** How long the new secret is observed, and how long an old token may take to die. */
const WATCH_MS = 90_000;
const PAUSE_MS = 5_000;

export async function askReadBack({ open, readCurrent }: IssuerProbe): Promise<Answer> {
  const credential = open(await readCurrent());
  const login = await credential.login(null);
  if (login.verdict !== "accepted" || login.token === null) return unknown("read-back", "CURRENT got no token");
  const read = await credential.readBack(bearerOf(credential.client, login.token.value));
  if (read.outcome === "unknown") return unknown("read-back", read.error.message);
  if (read.outcome !== "read") return answered("read-back", "no", "the App does not show its secret to the client");
  return read.clientSecret.equals(credential.clientSecret)
    ? answered("read-back", "yes", "the App shows its secret to the client, in clear")
    : answered("read-back", "other", "the App shows another text than its secret");
}

/** Rotates with a value of our own. It is stored first, so a lost answer costs nothing. */
export async function askChosenValue({ tape, rotate, open, readCurrent }: IssuerProbe): Promise<Answer> {
  const before = open(await readCurrent());
  tape.start("");
  const answer = await rotate("caller");
  const after = open(await readCurrent());
  if (answer.responseCode === 200 && !after.clientSecret.equals(before.clientSecret)) {
    return answered("chosen-value", "accepted", "the domain takes a client secret of our choosing, and it logs in");
  }
  if (tape.isPatched()) {
    return answered("chosen-value", "ignored", "the domain reports success but keeps the old client secret");
  }
  const { code, what } = partsOf(answer);
  return code === "ISSUER_CONFIGURATION"
    ? answered("chosen-value", "refused", "the domain refuses a client secret of our choosing")
    : unknown("chosen-value", `the rotation ended with ${code}: ${what}`);
}

/** From the regenerate's answer to the first login after which none was refused; null: never. */
function latenessMs(tape: Tape): number | null {
  const mintedAt = tape.mintedAt();
  const logins = tape.logins();
  const lastRefused = logins.findLastIndex(({ isAccepted }) => !isAccepted);
  const steady = logins[lastRefused + 1];
  if (mintedAt === null || steady === undefined) return null;
  return lastRefused < 0 ? 0 : steady.at - mintedAt;
}

function newSecretAnswer(tape: Tape): Answer {
  const ms = latenessMs(tape);
  if (ms === null) return unknown("new-secret", "logins with the new client secret were still refused at the end");
  if (ms === 0) return answered("new-secret", "at-once", "every login with the new client secret was accepted", 0);
  const seconds = Math.ceil(ms / 1000);
  const count = tape.logins().filter(({ isAccepted }) => !isAccepted).length;
  return answered(
    "new-secret",
    "late",
    `the new client secret was refused ${count} times, and works after ${seconds} s`,
    seconds,
  );
}

/** Rotates with a value made by the domain. Observes how soon the new secret works, and what happens to an old token. */
export async function askRegenerate(probe: IssuerProbe): Promise<readonly Answer[]> {
  const { clock, tape, rotate, open, readCurrent } = probe;
  const before = open(await readCurrent());
  const login = await before.login(null);
  const { headers } = rawBasicProof(before.client.clientId, before.clientSecret.reveal());
  tape.start(headers["authorization"] ?? "");
  const answer = await rotate("issuer");
  const { code, what } = partsOf(answer);
  const mintedAt = tape.mintedAt();
  if (mintedAt === null) {
    const why = `nothing was regenerated; the rotation ended with ${code}: ${what}`;
    return [unknown("new-secret", why), unknown("old-token", why)];
  }
  if (answer.responseCode !== 200) {
    const why = `the rotation ended with ${code}: ${what}`;
    return [unknown("new-secret", why), unknown("old-token", why)];
  }
  const after = open(await readCurrent());
  while (clock.monotonic() - mintedAt < WATCH_MS) {
    await clock.sleep(PAUSE_MS);
    await after.login(null);
  }
  if (login.verdict !== "accepted" || login.token === null) {
    return [newSecretAnswer(tape), unknown("old-token", "the old client secret got no token")];
  }
  const read = await before.readBack(bearerOf(before.client, login.token.value));
  const isAlive = read.outcome === "read" || (read.outcome === "not-readable" && read.isProofAlive);
  const token =
    read.outcome === "proof-refused"
      ? answered("old-token", "dies", "a token dies with the client secret that got it")
      : isAlive
        ? answered("old-token", "survives", "a token outlives the client secret that got it")
        : unknown("old-token", "the read with the old token got another answer");
  return [newSecretAnswer(tape), token];
}
