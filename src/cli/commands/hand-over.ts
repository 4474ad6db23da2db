import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import type { Clock } from "../../base/clock.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { withHandOver } from "../../clients/vault/rotation-metadata.ts";
import type { SecretStore, StoredVersion } from "../../clients/vault/store.ts";
import { readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { oneOf, optional, text } from "../fields.ts";
import { coveringText, encryptFor, type HandedOver } from "../hand-over/message.ts";
import { readRecipient } from "../hand-over/recipient-key.ts";
import { createIssuerAccess } from "../issuer-access.ts";
import { writeAtomically } from "../output/atomic-file.ts";
import { renderPairs } from "../output/table.ts";
import { secretArgument } from "../secret-argument.ts";
import { localSettings } from "../settings.ts";
import { vaultSeams } from "../vault-seams.ts";

const LIMIT_MS = 60_000;
/** Vault lists no versions while it writes the secret. */
const MOST_LOOKS = 20;
const LOOK_MS = 1_000;
const MOST_KEY_BYTES = 100_000;

const handedOverData = z.object({
  secretId: z.string(),
  versionNo: z.int(),
  clientId: z.string(),
  recipient: z.object({ thumbprint: z.string(), alg: z.string() }),
  /** One compact JWE; null if it went into a file. */
  message: z.nullable(z.string()),
  file: z.nullable(z.string()),
  /** Whether the secret says in Vault for whom and when. */
  isNoted: z.boolean(),
  coveringText: z.string(),
});

function readKeyFile(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= MOST_KEY_BYTES) return bytes.toString("utf8");
  } catch {
    throw new CliError("FILE_UNUSABLE", {
      what: `${file} cannot be read`,
      next: "name the file with the holder's public key",
    });
  }
  throw new CliError("USAGE", {
    what: `${file} is too large for a key`,
    next: "name the file with the holder's public key",
  });
}

/** The version of a stage. @throws CliError NOTHING_FOUND */
async function versionOf(store: SecretStore, stage: "CURRENT" | "PENDING", clock: Clock): Promise<StoredVersion> {
  let list = await store.listVersions();
  for (let looks = 1; list === null && looks < MOST_LOOKS; looks++) {
    await clock.sleep(LOOK_MS);
    list = await store.listVersions();
  }
  const found = list?.versions.find(({ versionStages }) => versionStages.includes(stage));
  if (found === undefined) {
    throw new CliError("NOTHING_FOUND", {
      what: list === null ? "the secret is being written" : `the secret has no ${stage} version`,
      next: list === null ? "run the command again in a minute" : "leave out --stage for CURRENT",
    });
  }
  return store.readVersion(found.versionNo);
}

/** Best effort: the message is made already, and a note that is missing costs nobody anything. */
async function note(store: SecretStore, versionNo: number, thumbprint: string, now: number): Promise<boolean> {
  const { metadata, etag, lifecycle } = await store.readSecret();
  if (lifecycle !== "ACTIVE") return false;
  const written = await store.writeAnnotations(
    { metadata: withHandOver(metadata, { versionNo, to: thumbprint, at: now }) },
    etag,
  );
  return written.outcome === "done";
}

export const handOverCommand = defineCommand({
  name: "hand-over",
  summary: "encrypt a client secret for its holder, who needs no OCI account",
  description: `Reads a client secret from Vault, and encrypts it for the public key of its holder: one compact JWE (RFC 7516). Only the
holder's private key opens it, so it may go by mail or chat. The clear value is never shown, and never written to a file or a log.

The key is a JWK, a key set (JWKS), or a certificate or public key in PEM. RSA from 2048 bits, P-256 and P-384 are taken. A private key is refused.

Inside are client_id, client_secret, issuer, token_url and secret_expires_on; for Ed-Fi also key and secret. docs/hand-over.md shows how to open it with Node,
Python, step and PowerShell. A covering text goes with it: it says that the message does not prove its sender.

The secret's metadata note for whom and when, which needs "use secrets". Without that right the message is made all the same.`,
  arguments: secretArgument,
  options: {
    to: { flags: "--to <file>", does: "the holder's public key: JWK, JWKS or PEM", takes: text },
    kid: { flags: "--kid <id>", does: "which key of a key set", takes: optional(text) },
    stage: {
      flags: "--stage <stage>",
      does: "CURRENT, or PENDING for a value that is not in use yet",
      takes: oneOf("CURRENT", "PENDING"),
      default: "CURRENT",
    },
    out: {
      flags: "--out <file>",
      does: "write the message to this file (mode 600) instead of stdout",
      takes: optional(text),
    },
  },
  data: handedOverData,
  examples: [
    {
      does: "a message for a vendor, by the vendor's key",
      line: "hand-over ocid1.vaultsecret.oc1.iad.example --to vendor.jwk --out vendor.jwe",
    },
  ],
  async run(context, { secretId, to, kid, stage, out: file }) {
    const { runtime, out, signIn, options } = context;
    const { clock, entropy } = runtime;
    const recipient = await readRecipient(readKeyFile(to), kid ?? null, clock.now());
    const settings = localSettings(runtime);
    const { access } = await signIn();
    const store = createOciStore(access, secretId, vaultSeams(runtime)(LIMIT_MS));
    const version = await versionOf(store, stage, clock);
    // Nothing is sent to the issuer.
    const issuers = createIssuerAccess(runtime, access, settings, { authorities: null, limitMs: 0 });
    const content = parseContent(version.content);
    if (content.kind !== "credential") {
      throw new CliError("NOTHING_FOUND", {
        what: `the ${stage} version holds no credential`,
        next: "run oci-rotate status",
      });
    }
    const credential = issuers.open(content);
    const { tags } = await store.readSecret();
    const { expiry } = readOwnTags(tags ?? {}, clock.now());
    const expiresAt = expiry?.versionNo === version.versionNo ? expiry.at : null;
    const handedOver: HandedOver = {
      credential,
      clientSecret: credential.clientSecret,
      versionNo: version.versionNo,
      expiresOn: expiresAt === null ? null : `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
    };
    const message = await encryptFor(recipient, handedOver);
    if (file !== undefined) writeAtomically(file, [message], entropy.uuid());
    const isNoted = await note(store, version.versionNo, recipient.thumbprint, clock.now()).catch(() => false);
    if (!isNoted)
      out.warn('for whom and when was not noted on the secret; next: nothing, or grant yourself "use secrets" there');
    const covering = coveringText(handedOver, recipient);
    const data = {
      ...{ secretId, versionNo: version.versionNo, clientId: credential.client.clientId },
      recipient: { thumbprint: recipient.thumbprint, alg: recipient.alg },
      ...{ message: file === undefined ? message : null, file: file ?? null, isNoted, coveringText: covering },
    };
    if (options.json) out.json(data);
    else if (file === undefined) {
      out.raw(message);
      out.warn(`send this with the message:\n\n${covering}`);
    } else
      out.raw(
        `${renderPairs([
          ["message", file],
          ["for", recipient.thumbprint],
        ])}\n${covering}`,
      );
    return exitCodes.done;
  },
});
