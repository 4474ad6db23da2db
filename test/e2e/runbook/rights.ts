/** A function that lacks a policy of its own, while the operator has all of theirs. */
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import type { CliWorld } from "../../support/cli.ts";
import type { WorldOptions } from "../../support/world.ts";

type Forbidden = (request: HttpRequest) => boolean;

/** What the policy lines allow, as far as a drill takes one away. */
export const policies = {
  useSecrets: ({ method, url }: HttpRequest) => method === "PUT" && url.includes("/secrets/"),
  manageVersions: ({ url }: HttpRequest) => url.endsWith("/actions/scheduleDeletion"),
};

const missing = new WeakMap<CliWorld["emulator"], Forbidden>();
const REFUSED = {
  status: 404,
  headers: {},
  body: '{"code":"NotAuthorizedOrNotFound","message":"Authorization failed or requested resource not found."}',
};

/** A world whose function can lose a right. */
export const functionsRights: WorldOptions = {
  transport: (emulator) => async (request) =>
    missing.get(emulator)?.(request) ? REFUSED : emulator.transport(request),
};

export const takeAway = ({ emulator }: CliWorld, forbidden: Forbidden) => missing.set(emulator, forbidden);
export const giveBack = ({ emulator }: CliWorld) => missing.delete(emulator);
export const hasAllRights = ({ emulator }: CliWorld) => !missing.has(emulator);
