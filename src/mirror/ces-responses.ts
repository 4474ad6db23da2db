import * as z from "zod/mini";
import { RotationError } from "../base/errors.ts";
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
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LONGEST_NAME = 200;
const HALF = /\p{Surrogate}/u;

// All lone surrogates have the same digest, but digests must tell names apart.
const name = z.string().check(
  z.minLength(1),
  z.maxLength(LONGEST_NAME),
  z.refine((text) => !HALF.test(text)),
);
const instant = z.optional(z.nullable(z.int().check(z.minimum(0))));
const texts = (value: z.ZodMiniType<string, string>) => z.optional(z.nullable(z.record(name, value)));
const wallet = z.object({
  walletName: name,
  walletPassword: z.optional(z.nullable(z.string())),
  certificateStartDate: instant,
  certificateEndDate: instant,
  lastRotationDate: instant,
  schemas: texts(z.string().check(z.minLength(1))),
  wallet: texts(z.string().check(z.regex(BASE64))),
});
// AIF documents an array, RDS a single wallet.
const credentials = z.object({ wallets: z.union([z.array(wallet).check(z.minLength(1)), wallet]) });
const disguised = z.object({ msg: z.unknown().check(z.refine((msg) => msg !== null && msg !== undefined)) });
const endpoints = z.object({ endpoints: z.array(z.string()) });

function secrets(record: Readonly<Record<string, string>> | null | undefined): Map<string, Secret> {
  return new Map(Object.entries(record ?? {}).map(([key, value]) => [key, new Secret(value)]));
}

function unreadable(what: string): RotationError {
  return new RotationError("VERDICT_UNKNOWN", `the answer to ${what} could not be read; ${STAYS}`);
}

/** @throws RotationError for a 2xx with `msg`, which is documented as a failure */
function refuseDisguised(response: IssuerResponse): void {
  if (!disguised.safeParse(json(response)).success) return;
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

/** @throws RotationError for a 2xx with `msg` (a failure by documentation), without wallets, or in any other way unreadable */
export function readWallets(response: IssuerResponse): readonly Wallet[] {
  refuseDisguised(response);
  const parsed = credentials.safeParse(json(response));
  if (!parsed.success) throw unreadable("fetch-credentials");
  const wallets = [parsed.data.wallets].flat();
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
  const parsed = endpoints.safeParse(json(response));
  if (!parsed.success) throw unreadable("the request for the registered callbacks");
  return parsed.data.endpoints;
}
