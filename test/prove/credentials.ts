import type { EmulatorState } from "../../src/emulator/core/state.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { attribute } from "../../src/emulator/keycloak/state.ts";

const valuesOf = (entries: readonly { readonly value: string }[]) => entries.map(({ value }) => value);

function ofIdentity({ domains }: EmulatorState["identity"]): string[] {
  return Object.values(domains).flatMap(({ apps, tokens }) => [
    ...Object.values(apps).flatMap(({ accepted }) => valuesOf(accepted)),
    ...Object.keys(tokens),
  ]);
}

function ofKeycloak({ realms }: EmulatorState["keycloak"]): string[] {
  return Object.values(realms).flatMap(({ clients, tokens }) => [
    ...Object.values(clients).flatMap(({ secret, attributes, lingering, registrationToken }) => [
      ...[secret, attributes[attribute.rotated] ?? "", registrationToken ?? ""],
      ...valuesOf(lingering),
    ]),
    ...Object.keys(tokens),
  ]);
}

function ofUaa({ zones }: EmulatorState["uaa"]): string[] {
  return Object.values(zones).flatMap(({ clients, tokens }) => [
    ...Object.values(clients).flatMap(({ secrets, lingering }) => [...valuesOf(secrets), ...valuesOf(lingering)]),
    ...Object.keys(tokens),
  ]);
}

function ofEdfiCms({ clients, tokens }: EmulatorState["edfiCms"]): string[] {
  return [
    ...Object.values(clients).flatMap(({ secret, accepted }) => [secret, ...valuesOf(accepted)]),
    ...Object.keys(tokens),
  ];
}

/** The other files of a wallet say where a database is. */
const KEY_FILE = /\.(sso|p12|jks)$/;

function ofCredentialExchange({ wallets }: EmulatorState["ces"]): string[] {
  return wallets.flatMap(({ walletPassword, schemas, files }) => [
    ...[walletPassword ?? "", ...Object.values(schemas)],
    ...Object.entries(files).flatMap(([name, content]) => (KEY_FILE.test(name) ? [content] : [])),
  ]);
}

/** Client secrets, access tokens, registration tokens and passwords that the emulated issuers keep now. */
export function credentialsIn({ identity, keycloak, uaa, edfiCms, ces }: EmulatorState): string[] {
  return [
    ...ofIdentity(identity),
    ...ofKeycloak(keycloak),
    ...ofUaa(uaa),
    ...ofEdfiCms(edfiCms),
    ...ofCredentialExchange(ces),
  ].filter((text) => text !== "");
}

/** Adds them to `canaries` now and after every request to an issuer, since what is replaced is kept nowhere. */
export function watchCredentials(emulator: Emulator, canaries: string[]): void {
  const seen = new Set(canaries);
  const look = () => {
    for (const credential of credentialsIn(emulator.state)) {
      if (seen.has(credential)) continue;
      seen.add(credential);
      canaries.push(credential);
    }
  };
  look();
  emulator.core.onChange(() => {
    if (emulator.requests.at(-1)?.system !== "vault") look();
  });
}
