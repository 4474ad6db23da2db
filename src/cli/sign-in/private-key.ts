import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { CliError } from "../cli-error.ts";
import type { Profile } from "./config-file.ts";

function unusable(what: string, next: string): CliError {
  return new CliError("KEY_UNUSABLE", { what, means: "no request can be signed", next });
}

/** A private key in PEM, decrypted. OCI signs with RSA. `words` names its source in errors. */
export function readKey(pem: string, passphrase: string | null, words: string): string {
  try {
    const key = createPrivateKey({ key: pem, format: "pem", ...(passphrase === null ? {} : { passphrase }) });
    if (key.asymmetricKeyType !== "rsa") {
      throw unusable(`${words} is not an RSA key`, "make an RSA key pair, as oci setup keys does");
    }
    return String(key.export({ type: "pkcs8", format: "pem" }));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw /ENCRYPTED/.test(pem)
      ? unusable(
          `${words} is encrypted, and the pass phrase ${passphrase === null ? "is missing" : "does not open it"}`,
          "set pass_phrase in the profile, or use a session: oci session authenticate",
        )
      : unusable(`${words} is not a private key in PEM`, "check the path, or make the profile again");
  }
}

/** The key of an API key: OCI_CLI_KEY_CONTENT if it is set, otherwise as `readProfileKey`. */
export function readApiKey(profile: Profile): string {
  const content = profile.get("key_content");
  return content === null
    ? readProfileKey(profile)
    : readKey(content, profile.get("pass_phrase"), "OCI_CLI_KEY_CONTENT");
}

/** The key of a profile: the file that `key_file` names. @throws CliError KEY_UNUSABLE, PROFILE_INCOMPLETE */
export function readProfileKey(profile: Profile): string {
  const file = profile.pathOf("key_file");
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch {
    throw unusable(
      `the key file ${file} of ${profile.words} cannot be read`,
      "correct key_file in the profile, or make the profile again",
    );
  }
  return readKey(pem, profile.get("pass_phrase"), `the key file ${file}`);
}
