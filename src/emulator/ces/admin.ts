import type { AdminParts } from "../core/admin-parts.ts";
import type { Switches } from "../core/switches.ts";
import { DAY_MS } from "../core/wire.ts";
import { type CesState, type CesWallet, newFiles, newPassword } from "./state.ts";

export interface NewCesWallet {
  readonly walletName?: string;
  /** Names of database users; default one. */
  readonly users?: readonly string[];
  /** Default: those of Oracle's documentation. */
  readonly files?: readonly string[];
  readonly certificateDays?: number;
}

export type CesChange = "all" | "credentials" | "wallet";

/** A POST that the service must send to an endpoint. The emulator sends nothing itself; the code that drives it does. */
export interface CesCallback {
  readonly url: string;
  readonly body: string;
  /** Emulated ms after the rotation. */
  readonly afterMs: number;
}

export interface CesAdmin {
  createWallet(wallet?: NewCesWallet): CesWallet;
  /** Changes passwords, files, or both, of every wallet. Returns the callbacks to send to endpoints. */
  rotateWallets(change?: CesChange): readonly CesCallback[];
  /** Records the result of a callback. An endpoint that fails too often is removed (switch `ces-endpoint-failures`). */
  callbackEnded(url: string, isTaken: boolean): void;
  cesEndpoints(): readonly string[];
}

const CERTIFICATE_DAYS = 365;

/** The body as documented, with an unquoted name, or as intended. */
function bodyOf(change: CesChange, switches: Switches): string {
  switch (switches["ces-callback-body"]) {
    case "unquoted":
      return `{usecase:"credentialRotation","change":"${change}"}`;
    case "empty":
      return "";
    default:
      return JSON.stringify({ usecase: "credentialRotation", change });
  }
}

function callbacksFor(state: CesState, change: CesChange, switches: Switches): CesCallback[] {
  const mode = switches["ces-callbacks"];
  const times = mode === "missing" ? 0 : mode === "twice" ? 2 : 1;
  const afterMs = mode === "late" ? switches["late-ms"] : 0;
  return state.endpoints
    .filter(({ url }) => url.startsWith("http"))
    .flatMap(({ url }) => Array.from({ length: times }, () => ({ url, body: bodyOf(change, switches), afterMs })));
}

/** Creates and reads the emulated Credential Exchange's data directly, without faults. */
export function createCesAdmin({ state: { ces: state }, core, clock, entropy, switches }: AdminParts): CesAdmin {
  return {
    createWallet: (options = {}) => {
      const now = clock.now();
      const users = options.users ?? ["RDS_USER"];
      const wallet: CesWallet = {
        walletName: options.walletName ?? "Wallet_EMULATED",
        walletPassword: null,
        comment: null,
        certificateStartDate: now,
        certificateEndDate: now + (options.certificateDays ?? CERTIFICATE_DAYS) * DAY_MS,
        lastRotationDate: now,
        schemas: Object.fromEntries(users.map((user) => [user, newPassword(entropy)])),
        files: newFiles(entropy, options.files),
      };
      state.wallets.push(wallet);
      core.changed();
      return wallet;
    },
    rotateWallets: (change = "all") => {
      for (const wallet of state.wallets) {
        wallet.lastRotationDate = Math.max(clock.now(), wallet.lastRotationDate + 1);
        if (change !== "wallet") {
          wallet.schemas = Object.fromEntries(Object.keys(wallet.schemas).map((user) => [user, newPassword(entropy)]));
        }
        if (change !== "credentials") {
          wallet.files = newFiles(entropy, Object.keys(wallet.files));
        }
      }
      core.changed();
      return callbacksFor(state, change, switches);
    },
    callbackEnded: (url, isTaken) => {
      const most = switches["ces-endpoint-failures"];
      for (const endpoint of state.endpoints.filter((known) => known.url === url)) {
        endpoint.failures = isTaken ? 0 : endpoint.failures + 1;
      }
      state.endpoints = state.endpoints.filter(({ failures }) => most === "never" || failures < most);
      core.changed();
    },
    cesEndpoints: () => state.endpoints.map(({ url }) => url),
  };
}
