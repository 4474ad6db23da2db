import type { FunctionsState } from "../functions/state.ts";
import type { Switches } from "./switches.ts";

/** The compartments and vaults that exist. */
export interface PlacesState {
  compartments: string[];
  /** The ids of its keys by the id of a vault. */
  vaults: Record<string, string[]>;
}

export const TENANCY = "ocid1.tenancy.oc1..emulatedtenancy";
export const COMPARTMENT = "ocid1.compartment.oc1..emulatedcompartment";
export const VAULT = "ocid1.vault.oc1.iad.emulatedvault";
export const KEY = "ocid1.key.oc1.iad.emulatedkey";

/** What a fresh emulator has: its tenancy, a compartment, and a vault with one key. */
export function createPlaces(): PlacesState {
  return { compartments: [TENANCY, COMPARTMENT], vaults: { [VAULT]: [KEY] } };
}

/** Adds what is not there yet. */
export function addCompartment(places: PlacesState, id: string): void {
  if (!places.compartments.includes(id)) places.compartments.push(id);
}

export function addVault(places: PlacesState, id: string, keyId: string = KEY): void {
  const keys = places.vaults[id] ?? [];
  if (!keys.includes(keyId)) keys.push(keyId);
  places.vaults[id] = keys;
}

/** Where ids are looked up. */
export interface Known {
  readonly state: { readonly places: PlacesState; readonly functions: Pick<FunctionsState, "functions"> };
  readonly switches: Switches;
}

export function knowsCompartment({ state, switches }: Known, id: string): boolean {
  return switches["unknown-ids"] === "accepted" || state.places.compartments.includes(id);
}

export function knowsKey({ state, switches }: Known, vaultId: string, keyId: string): boolean {
  const keys = Object.hasOwn(state.places.vaults, vaultId) ? state.places.vaults[vaultId] : undefined;
  return switches["unknown-ids"] === "accepted" || keys?.includes(keyId) === true;
}

export function knowsFunction({ state, switches }: Known, id: string): boolean {
  return switches["unknown-ids"] === "accepted" || Object.hasOwn(state.functions.functions, id);
}
