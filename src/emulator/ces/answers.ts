import type { Switches } from "../core/switches.ts";
import { type EmulatedResponse, json } from "../core/wire.ts";
import type { CesState, CesWallet } from "./state.ts";

/** The failure that the service documents as a response with status 200. */
function disguisedFailure(): EmulatedResponse {
  return json(200, {
    msg: "Internal error, cannot connect to upstream service",
    detail: "java.net.ConnectException: set in the emulator",
  });
}

/** The words of a refusal; only the status is documented. */
export function cesError(status: number): EmulatedResponse {
  return json(status, { msg: `Set in the emulator: ${status}` });
}

function walletModel(wallet: CesWallet) {
  const { files, schemas, ...plain } = wallet;
  return { ...plain, schemas, wallet: files };
}

/** The same wallet with dates as text, and base64 in lines and without padding. */
function asOthersWrite(wallet: ReturnType<typeof walletModel>) {
  const { certificateStartDate, certificateEndDate, lastRotationDate } = wallet;
  const inLines = (base64: string) => base64.replace(/=+$/, "").replaceAll(/.{76}/g, "$&\r\n");
  return {
    ...wallet,
    certificateStartDate: new Date(certificateStartDate).toISOString(),
    certificateEndDate: String(certificateEndDate),
    lastRotationDate: String(lastRotationDate),
    wallet: Object.fromEntries(Object.entries(wallet.wallet).map(([name, base64]) => [name, inLines(base64)])),
  };
}

/** `fetch-credentials`: an array of wallets as AIF documents it, a single one as RDS does, or a body with a misprint from either. */
export function credentialsAnswer(state: CesState, switches: Switches): EmulatedResponse {
  const wallets = state.wallets.map(walletModel);
  const answer = json(200, { wallets: switches["ces-wallets"] === "object" ? wallets[0] : wallets });
  switch (switches["ces-body"]) {
    case "trailing-comma":
      return { ...answer, body: answer.body.replace(/\}$/, ",}") };
    case "missing-quote":
      return { ...answer, body: answer.body.replace('"wallets"', 'wallets"') };
    case "no-wallets":
      return json(200, {});
    case "other-writers":
      return { ...answer, body: `\uFEFF${JSON.stringify({ wallets: wallets.map(asOthersWrite) })}` };
    case "empty-password":
      return json(200, {
        wallets: wallets.map((wallet) => ({ ...wallet, schemas: { ...wallet.schemas, EMPTY: "" } })),
      });
    case "msg":
      return disguisedFailure();
    default:
      return answer;
  }
}
