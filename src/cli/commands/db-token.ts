import { generateKeyPairSync } from "node:crypto";
import path from "node:path";
import { decodeJwt } from "jose";
import * as z from "zod/mini";
import { MINUTE_MS } from "../../base/durations.ts";
import { Secret } from "../../base/secret.ts";
import { createOciRequester } from "../../clients/http/oci-request.ts";
import type { HttpResponse } from "../../clients/http/transport.ts";
import { CliError } from "../cli-error.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type Field, optional, text } from "../fields.ts";
import { renderPairs } from "../output/table.ts";
import { replacePrivateFiles } from "../private-files.ts";
import { minutes } from "../sign-in/session-token.ts";

const ALL_DATABASES = "urn:oracle:db::id::*";
const scope: Field<string> = z
  .string()
  .check(
    z.regex(
      /^urn:oracle:db::(?:id|path)::[\w.:*-]{1,500}$/,
      "urn:oracle:db::id::<compartment>[::<database>] or the like",
    ),
  );

/** The file names that Oracle's own command line and drivers use. */
const KEY_FILE = "oci_db_key.pem";
const TOKEN_FILE = "token";
const LIMIT_MS = 20_000;

const tokenData = z.object({
  tokenFile: z.string(),
  keyFile: z.string(),
  scope: z.string(),
  expiresAt: z.iso.datetime(),
  minutesLeft: z.int(),
});

function refusal({ status }: HttpResponse): CliError {
  if (status === 401) {
    return new CliError("SIGN_IN_REFUSED", {
      what: "OCI refused the signature of GenerateScopedAccessToken with 401",
      means: "OCI does not know the key, token or user, or this machine's clock is more than five minutes off",
      next: "check the profile and the clock, or sign in again",
    });
  }
  if (status >= 400 && status < 500 && status !== 429) {
    return new CliError("OCI_REFUSED", {
      what: `GenerateScopedAccessToken was answered ${status}`,
      means:
        status === 400
          ? "the scope may name something that does not exist"
          : "you may have no right to databases there",
      next: 'check --scope, and the policy line "Allow group <your group> to use database-connections in compartment id <compartment>"',
    });
  }
  return new CliError("OCI_UNAVAILABLE", {
    what: `GenerateScopedAccessToken was answered ${status}`,
    next: "try again later",
  });
}

const answerSchema = z.object({ token: z.string().check(z.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)) });

/** @returns the token, and its expiry in milliseconds since the epoch */
function readToken({ body }: HttpResponse): { token: Secret; expiresAt: number } {
  try {
    const { token } = answerSchema.parse(JSON.parse(body));
    const { exp } = decodeJwt(token);
    if (typeof exp === "number") return { token: new Secret(token), expiresAt: exp * 1000 };
  } catch {
    // The error below reports it. The parse error is dropped, since it could show the answer's text.
  }
  throw new CliError("OCI_UNAVAILABLE", {
    what: "the answer to GenerateScopedAccessToken holds no readable token",
    means: "nothing was written",
    next: "try again later",
  });
}

async function fetchToken(
  { runtime, signIn }: Pick<CommandContext<unknown>, "runtime" | "signIn">,
  scopeText: string,
  publicKey: string,
): Promise<{ token: Secret; expiresAt: number }> {
  const signedIn = await signIn();
  const send = createOciRequester(runtime.transport, signedIn.signer);
  const answer = await send({
    method: "POST",
    url: `${signedIn.endpoint("auth")}/v1/actions/generateScopedAccessToken`,
    body: JSON.stringify({ scope: scopeText, publicKey }),
    deadline: runtime.clock.monotonic() + LIMIT_MS,
  });
  if (answer.status !== 200) throw refusal(answer);
  return readToken(answer);
}

export const dbTokenCommand = defineCommand({
  name: "db-token",
  summary: "get a token for logging in to an Oracle database",
  description: `Makes a fresh key pair, has OCI bind a database token to it, and writes both where Oracle's drivers look for them:
${KEY_FILE} (the private key, PKCS#8) and ${TOKEN_FILE}, below ~/.oci/db-token. Each file is written whole or not at all, the key first.
Only you can read them (mode 0600, the folder 0700). Neither is ever shown. oci iam db-token get does the same.

The token lasts as long as OCI says, usually an hour. Get a new one before you open a new connection. Open connections stay open.

With node-oracledb:

    const read = (name) => readFileSync(join(homedir(), ".oci/db-token", name), "utf8");
    const connection = await oracledb.getConnection({
      externalAuth: true,
      accessToken: {
        token: read("${TOKEN_FILE}"),
        privateKey: read("${KEY_FILE}").replace(/-----[^-]+-----|\\s/g, ""),
      },
      connectString,
    });

The driver takes the private key without its first and last line. You need "use database-connections", and a database user mapped to you.`,
  arguments: {},
  options: {
    scope: {
      flags: "--scope <scope>",
      does: "the databases it is valid for; urn:oracle:db::id::<compartment>::<database> is the narrowest",
      takes: scope,
      default: ALL_DATABASES,
    },
    location: {
      flags: "--location <folder>",
      does: "folder for the files (default: ~/.oci/db-token)",
      takes: optional(text),
    },
  },
  data: tokenData,
  examples: [
    { does: "for every database that you may use", line: "db-token" },
    {
      does: "only for those of one compartment",
      line: "db-token --scope urn:oracle:db::id::ocid1.compartment.oc1..example",
    },
  ],
  async run(context, values) {
    const { runtime, print } = context;
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const { token, expiresAt } = await fetchToken(context, values.scope, publicKey);
    const folder = path.resolve(values.location ?? path.join(runtime.homeDirectory, ".oci", "db-token"));
    const files = [
      { name: KEY_FILE, content: new Secret(privateKey) },
      { name: TOKEN_FILE, content: token },
    ];
    replacePrivateFiles(folder, files, runtime.entropy);
    const tokenFile = path.join(folder, TOKEN_FILE);
    const keyFile = path.join(folder, KEY_FILE);
    const expires = new Date(expiresAt).toISOString();
    const leftMs = Math.max(0, expiresAt - runtime.clock.now());
    print(
      { tokenFile, keyFile, scope: values.scope, expiresAt: expires, minutesLeft: Math.floor(leftMs / MINUTE_MS) },
      renderPairs([
        ["token", tokenFile],
        ["private key", keyFile],
        ["scope", values.scope],
        ["lasts", `${minutes(leftMs)}, until ${expires}`],
      ]),
    );
    return exitCodes.done;
  },
});
