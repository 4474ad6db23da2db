import { RotationError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import type { IssuerHttp } from "../clients/http/issuer-http.ts";
import type { Token } from "../clients/http/token-cache.ts";
import { openCredential } from "../clients/issuers/index.ts";
import type { Login } from "../clients/issuers/verdict.ts";
import { parseContent } from "../clients/vault/content.ts";
import { CredentialError, credential } from "../consumer/index.ts";
import type { MirrorCall } from "./call.ts";

/** How long a refused client waits for the new secret of a rotation in progress. */
const ROTATION_WAIT_MS = 30_000;

const codes = {
  NOT_FOUND: "SECRET_NOT_FOUND",
  READ_FAILED: "VAULT_UNAVAILABLE",
  CONTENT_INVALID: "CONTENT_INVALID",
  NO_VALUE_YET: "CONTENT_INVALID",
} as const;

type Needs = Pick<MirrorCall, "settings" | "clock" | "entropy" | "budget" | "contents"> & {
  readonly http: IssuerHttp;
};

/** The consumer client has parsed the content, and no walk went through it yet. */
function textOf(members: object): Secret {
  try {
    return new Secret(JSON.stringify(members));
  } catch {
    throw new RotationError("CONTENT_INVALID", "the secret of OROT_MIRROR_CLIENT_SECRET_ID nests too deep to be read");
  }
}

/**
 * A token for the client secret that works now. That is CURRENT's, or the one stored by a rotation in progress if the identity domain
 * refuses CURRENT's. The consumer client of this product decides which.
 *
 * @throws RotationError for the domain's response; SECRET_REJECTED if no version's secret is accepted
 */
export async function fetchToken({ settings, clock, entropy, budget, contents, http }: Needs): Promise<Token> {
  const { clientSecretId, core } = settings;
  const source = credential(
    async (versionStage) => {
      const seen = await contents.read(clientSecretId, versionStage);
      if (seen === null) return null;
      return { content: Buffer.from(seen.base64.reveal(), "base64").toString("utf8"), versionNo: seen.versionNo };
    },
    {
      time: clock,
      random: () => entropy.fraction(),
      waitMs: Math.min(ROTATION_WAIT_MS, budget.remaining() / 2),
      isRefused: (outcome) =>
        typeof outcome === "object" && outcome !== null && Reflect.get(outcome, "verdict") === "rejected",
    },
  );
  let login: Login;
  try {
    login = await source.use((known) => {
      const content = parseContent(textOf(known.members));
      const rules = { origins: core.issuerOrigins, aliases: [], onCrossing: () => undefined };
      return openCredential(content, { http, httpAtOnce: http, clock, settings: core }, rules).login(null);
    });
  } catch (thrown) {
    if (!(thrown instanceof CredentialError)) throw thrown;
    const what = thrown.code === "NO_VALUE_YET" ? "holds no client secret yet" : "could not be read as a credential";
    throw new RotationError(codes[thrown.code], `the secret of OROT_MIRROR_CLIENT_SECRET_ID ${what}`);
  }
  if (login.verdict === "accepted" && login.token !== null) return login.token;
  if (login.verdict === "unknown") throw login.error;
  throw new RotationError(
    "SECRET_REJECTED",
    "the identity domain refuses the client secret that fetches from the Credential Exchange",
    "run heal for the secret of OROT_MIRROR_CLIENT_SECRET_ID; if that fails, store a working client secret as a new version",
  );
}
