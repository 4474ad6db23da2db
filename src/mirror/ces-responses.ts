import * as z from "zod/mini";
import { RotationError } from "../base/errors.ts";
import { onFirstUse } from "../base/on-first-use.ts";
import { Secret } from "../base/secret.ts";
import { type IssuerResponse, isTransient, json } from "../clients/issuers/responses.ts";

/** A fetched wallet. Times are milliseconds since the epoch. */
export interface Wallet {
  readonly walletName: string;
  readonly walletPassword: Secret | null;
  readonly certificateStartDate: number | null;
  readonly certificateEndDate: number | null;
  /** The time of Oracle's last rotation. */
  readonly lastRotationDate: number | null;
  /** Passwords by the name of the database user. */
  readonly schemas: ReadonlyMap<string, Secret>;
  /** Contents by file name, in base64. */
  readonly files: ReadonlyMap<string, Secret>;
}

/** The order of the manifest. */
export const byName = (a: Wallet, b: Wallet): number => (a.walletName < b.walletName ? -1 : 1);

/** The service's name in messages. */
export const CES = "the Credential Exchange";

const STAYS = "the set in Vault stays as it is";
const LONGEST_NAME = 200;
const HALF = /\p{Surrogate}/u;

const DATE = "must be a date: milliseconds since 1970, or a text with its time zone";
/** Milliseconds since the epoch, from 1973 on: shorter texts are years or seconds. */
const MILLISECONDS = /^\d{12,15}$/;
/** ISO 8601: a day, or an instant with its zone. Without one it would be read in the zone of this machine. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/** A date as a number, or as text. */
function instantIn(value: unknown): number | null {
  const text = typeof value === "string" ? value.trim() : "";
  const instant = MILLISECONDS.test(text) ? Number(text) : ISO.test(text) ? Date.parse(text) : value;
  return typeof instant === "number" && Number.isSafeInteger(instant) && instant >= 0 ? instant : null;
}

/** Base64 as encoders of mail write it, with line ends, or as those of the web, without padding; returned in one form. */
function base64In(value: unknown): string | null {
  const text = typeof value === "string" ? value.replaceAll(/[\r\n\t ]/g, "") : "=";
  const [, digits, padding = ""] = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const isWhole = padding === "" ? digits.length % 4 !== 1 : (digits.length + padding.length) % 4 === 0;
  return isWhole ? Buffer.from(digits, "base64").toString("base64") : null;
}

// All lone surrogates have the same digest, but digests must tell names apart.
const name = onFirstUse(() =>
  z.string().check(
    z.minLength(1),
    z.maxLength(LONGEST_NAME),
    z.refine((text) => !HALF.test(text)),
  ),
);
const texts = (value: z.ZodMiniType<string, unknown>) => z.optional(z.nullable(z.record(name(), value)));
/** What `read` makes of a value; null: it is not understood. */
const understood = <T>(read: (value: unknown) => T | null): z.ZodMiniType<T, unknown> =>
  z.pipe(
    z.unknown(),
    z.transform((value: unknown, context): T => {
      const understood = read(value);
      if (understood !== null) return understood;
      context.issues.push({ code: "custom", message: "not understood", input: "" });
      return z.NEVER;
    }),
  );
const instant = () => z.optional(z.nullable(understood(instantIn)));
const file = () => understood(base64In);
const wallet = onFirstUse(() =>
  z.object({
    walletName: name(),
    walletPassword: z.optional(z.nullable(z.string())),
    certificateStartDate: instant(),
    certificateEndDate: instant(),
    lastRotationDate: instant(),
    schemas: texts(z.string().check(z.minLength(1))),
    wallet: texts(file()),
  }),
);
const credentials = onFirstUse(() => z.object({ wallets: z.unknown() }));
const disguised = onFirstUse(() =>
  z.object({ msg: z.unknown().check(z.refine((msg) => msg !== null && msg !== undefined)) }),
);
const endpoints = onFirstUse(() => z.object({ endpoints: z.array(z.string()) }));

function secrets(record: Readonly<Record<string, string>> | null | undefined): Map<string, Secret> {
  return new Map(Object.entries(record ?? {}).map(([key, value]) => [key, new Secret(value)]));
}

function unreadable(what: string): RotationError {
  return new RotationError("VERDICT_UNKNOWN", `the answer to ${what} could not be read; ${STAYS}`);
}

/** @throws RotationError for a 2xx with `msg`, which is documented as a failure */
function refuseDisguised(response: IssuerResponse): void {
  if (!disguised().safeParse(json(response)).success) return;
  throw new RotationError(
    "ISSUER_UNAVAILABLE",
    `${CES} answered 200 with msg: a service behind it failed; ${STAYS}`,
    "try again later; if it lasts, open a service request with Oracle that names the environment and the time",
  );
}

/**
 * The meaning of every response but a success, with the next action that Oracle documents for it (Source: Retail AI Foundation, Credential
 * Exchange Service). Null for a 2xx, which may still hide a failure.
 */
export function refusalOf({ status }: IssuerResponse, what: string): RotationError | null {
  if (status >= 200 && status < 300) return null;
  const said = `${CES} answered ${what} with ${status}`;
  switch (status) {
    case 401:
      return new RotationError(
        "ISSUER_FORBIDDEN",
        `${said}: the token is invalid, or of another identity domain; ${STAYS}`,
        "check that the OAuth client was made in the Retail Home of this environment, and that OROT_MIRROR_CES_URL names the same one",
      );
    case 403:
      return new RotationError(
        "ISSUER_FORBIDDEN",
        `${said}, which Oracle documents as an internal error; ${STAYS}`,
        "open a service request with Oracle that names the environment and the time",
      );
    case 404:
      return new RotationError(
        "ISSUER_CONFIGURATION",
        `${said}: the URL is wrong; ${STAYS}`,
        "correct OROT_MIRROR_CES_URL: releases differ in host, port, and the dash after rgbu-common",
      );
    default:
      return isTransient(status)
        ? new RotationError("ISSUER_UNAVAILABLE", `${said}; ${STAYS}`)
        : new RotationError("ISSUER_CONFIGURATION", `${said}; ${STAYS}`, "check OROT_MIRROR_CES_URL");
  }
}

/** What each member must be. */
const needed: Readonly<Record<string, string>> = {
  walletName: `must be a name of at most ${LONGEST_NAME} characters`,
  walletPassword: "must be text",
  certificateStartDate: DATE,
  certificateEndDate: DATE,
  lastRotationDate: DATE,
  schemas: "must be a password that is not empty",
  wallet: "must be base64",
};

/** @throws RotationError naming the member. Names of users and files are the service's own text, so those have numbers. */
function readWallet(value: unknown, number: number): z.output<ReturnType<typeof wallet>> {
  const parsed = wallet().safeParse(value);
  if (parsed.success) return parsed.data;
  const [member, key] = parsed.error.issues[0]?.path ?? [];
  const what = needed[String(member)];
  if (what === undefined) throw unreadable(`fetch-credentials, in which wallet ${number} is no JSON object,`);
  const among: unknown = Reflect.get(Object(value), String(member));
  const place = key === undefined ? "" : `entry ${Object.keys(Object(among)).indexOf(String(key)) + 1} of `;
  throw unreadable(`fetch-credentials, in which ${place}the member ${String(member)} of wallet ${number} ${what},`);
}

/** @throws RotationError for a 2xx with `msg` (a failure by documentation), without wallets, or in any other way unreadable */
export function readWallets(response: IssuerResponse): readonly Wallet[] {
  refuseDisguised(response);
  const { wallets: found } = credentials().safeParse(json(response)).data ?? {};
  // AIF documents an array, RDS a single wallet.
  const wallets = [found ?? []].flat().map((one: unknown, index) => readWallet(one, index + 1));
  if (wallets.length === 0) throw unreadable("fetch-credentials, in which there are no wallets,");
  if (new Set(wallets.map(({ walletName }) => walletName)).size < wallets.length) {
    throw unreadable("fetch-credentials, in which two wallets have one name,");
  }
  const read = wallets.map((found) => ({
    walletName: found.walletName,
    walletPassword: found.walletPassword ? new Secret(found.walletPassword) : null,
    certificateStartDate: found.certificateStartDate ?? null,
    certificateEndDate: found.certificateEndDate ?? null,
    lastRotationDate: found.lastRotationDate ?? null,
    schemas: secrets(found.schemas),
    files: secrets(found.wallet),
  }));
  const isEmpty = read.some(({ schemas, files }) => schemas.size === 0 && files.size === 0);
  if (isEmpty) throw unreadable("fetch-credentials, in which a wallet has neither schemas nor files,");
  return read;
}

/** @throws RotationError if the list cannot be read */
export function readEndpoints(response: IssuerResponse): readonly string[] {
  refuseDisguised(response);
  const parsed = endpoints().safeParse(json(response));
  if (!parsed.success) throw unreadable("the request for the registered callbacks");
  return parsed.data.endpoints;
}
