import { X509Certificate } from "node:crypto";
import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Settings } from "../../base/settings/settings.ts";

/** Twice the size of the authorities that browsers trust, all together. */
export const MAX_BUNDLE_BYTES = 524_288;

/** As OpenSSL reads PEM: a marker is a line of its own, so a comment may mention one. */
const BEGIN = /^-----BEGIN [A-Z0-9 ]+-----[ \t]*$/gm;
/** Also under the name that it had once, and with OpenSSL's own words about what it is trusted for, which Node honours. */
const CERTIFICATE = /^-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[ \t]*[\r\n][\s\S]+?^-----END \1-----/gm;

const invalid = (what: string) => new RotationError("SETTINGS_INVALID", `OROT_CA_BUNDLE ${what}`);

async function readBounded(path: string): Promise<string> {
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r");
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw invalid("names something that is no file");
    if (stat.size > MAX_BUNDLE_BYTES) throw invalid(`names a file of more than ${MAX_BUNDLE_BYTES} bytes`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

async function readFile(path: string): Promise<string> {
  try {
    return await readBounded(path);
  } catch (thrown) {
    throw thrown instanceof RotationError ? thrown : invalid("names a file that the function cannot read");
  }
}

/** Only the certificates. Text between them is common; anything else in such a file is a mistake. */
function certificatesIn(stored: string): string {
  const text = stored.replace(/^\uFEFF/, "");
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw invalid("names a text that holds no PEM certificate");
  if ([...text.matchAll(BEGIN)].length !== certificates.length) {
    throw invalid("names a text that holds something else than whole PEM certificates");
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      throw invalid(`names a text whose certificate number ${index + 1} cannot be read`);
    }
  }
  return certificates.join("\n");
}

/**
 * The authorities (PEM) that the certificates of issuers, webhooks and mail servers may come from, in addition to the system's; null: none configured.
 * @param readSecretText CURRENT of a Vault secret; its errors are passed on as they are
 * @throws RotationError SETTINGS_INVALID if there is no such file, or no PEM certificates in it
 */
export async function readCaBundle(
  { caBundle }: Pick<Settings, "caBundle">,
  readSecretText: (secretId: string) => Promise<Secret>,
): Promise<string | null> {
  if (caBundle === null) return null;
  if (caBundle.kind === "file") return readBundleFile(caBundle.path);
  return certificatesIn((await readSecretText(caBundle.secretId)).reveal());
}

/** @throws as `readCaBundle` does */
export async function readBundleFile(path: string): Promise<string> {
  return certificatesIn(await readFile(path));
}
