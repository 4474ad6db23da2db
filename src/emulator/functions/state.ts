import type { JsonObject } from "../core/wire.ts";

export type FunctionConfig = Readonly<Record<string, string>>;

/** What a function and an application have in common. Absent members: as created by an earlier edition, nothing. */
interface StoredThing {
  readonly id: string;
  readonly displayName: string;
  readonly compartmentId: string;
  /** Environment variables; a function's own take precedence over its application's. */
  config?: FunctionConfig;
  freeformTags?: JsonObject;
  definedTags?: JsonObject;
  readonly createdAt?: number;
  updatedAt?: number;
  /** How often it was changed. */
  changes?: number;
}

export interface StoredFunction extends StoredThing {
  readonly applicationId: string;
  memoryInMBs: number;
  timeoutInSeconds: number;
}

export type StoredApplication = StoredThing;

export interface FunctionsState {
  functions: Record<string, StoredFunction>;
  applications: Record<string, StoredApplication>;
}

/** The configuration with which a function runs. */
export function configurationOf(state: FunctionsState, fn: StoredFunction): FunctionConfig {
  return { ...state.applications[fn.applicationId]?.config, ...fn.config };
}
