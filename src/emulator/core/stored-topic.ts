import type { JsonObject } from "./wire.ts";

/** A topic of OCI Notifications. */
export interface StoredTopic {
  readonly id: string;
  readonly name: string;
  readonly compartmentId: string;
  readonly description: string | null;
  readonly createdAt: number;
  readonly freeformTags: JsonObject;
  readonly definedTags: JsonObject;
}
