import { COMPARTMENT } from "./core/places.ts";
import { DAY_MS, iso, type JsonObject } from "./core/wire.ts";
import type { Emulator } from "./emulator.ts";
import { replaceSecret } from "./identity/state.ts";
import { ROTATED_ONCE } from "./rotated-once.ts";
import { NO_LAG, newSecret, setSecrets } from "./uaa/state.ts";
import { addVersion } from "./vault/stages.ts";

const REALM = "shop";
const DAY_SECONDS = 86_400;
const INTERVAL_DAYS = 30;

/** A secret of the fleet: its name says its condition. */
interface Member {
  readonly name: string;
  readonly content: object;
  readonly owner: string;
  /** Rotated since, in days. */
  readonly age: number;
  /** Null: nothing rotates it. */
  readonly dueInDays: number | null;
  /** What the last heal noted, if there was one; the issuer and client beside it. */
  readonly outcome?: string;
  readonly issuer: string;
  readonly client: string;
  readonly expiresInDays?: number;
  readonly metadata?: JsonObject;
}

const AT_ONCE = { oldDiesAfterMs: 0, refusals: 0, lateMs: 0 };

/** Settings that let the function heal the fleet, and reset secrets at the Ed-Fi CMS. */
export interface FleetSettings {
  readonly OROT_AUTHORITY_SECRET_IDS: string;
  readonly OROT_HEAL_COMPARTMENT_IDS: string;
}

/**
 * A fleet in every condition that an operator meets, at an identity domain, a Keycloak realm with a client policy, a UAA and an Ed-Fi CMS. What
 * a secret's tags and versions say is so at its issuer too. Nothing is due within a day, so that nothing changes by itself.
 * @param url of the emulated issuers
 */
export function createSampleFleet(emulator: Emulator, functionId: string, url: string, now: number): FleetSettings {
  const { admin, state, entropy } = emulator;
  const create = ({ name, content, owner, age, dueInDays, outcome, issuer, client, ...member }: Member): string => {
    const id = admin.createSecret({
      name,
      content: JSON.stringify(content, null, 2),
      metadata: { ...ROTATED_ONCE, ...member.metadata },
      ...(dueInDays === null ? {} : { functionId, rotationIntervalDays: INTERVAL_DAYS }),
      ...(member.expiresInDays === undefined ? {} : { rules: [expiryRule(age + member.expiresInDays)] }),
    });
    const secret = admin.secret(id);
    const changedAt = now - age * DAY_MS;
    secret.versions = secret.versions.map((version) => ({ ...version, createdAt: changedAt }));
    secret.lastRotationAt = dueInDays === null ? null : changedAt;
    secret.nextRotationAt = dueInDays === null ? null : now + dueInDays * DAY_MS;
    secret.freeformTags = {
      "orot-owner": owner,
      "orot-contact": `${owner.toLowerCase()}@example.com`,
      ...(outcome === undefined
        ? {}
        : { "orot-issuer": issuer, "orot-client": client, "orot-outcome": `${outcome} ${seconds(now - DAY_MS)} v1` }),
    };
    return id;
  };
  /** Another value is valid at the domain from now on. */
  const regenerated = (name: string): string => {
    const value = `idcscs-${entropy.uuid()}`;
    replaceSecret(admin.app(name), value, now, AT_ONCE);
    return value;
  };
  const app = (name: string) => {
    const { appId, clientId, secret } = admin.createApp({ clientId: name });
    return { appId, content: { domainUrl: url, appId, clientId, appSecret: secret }, issuer: "oci-iam", client: name };
  };

  create({ name: "orders-healthy", ...app("orders"), owner: "Sales", age: 3, dueInDays: 27, outcome: "OK" });
  create({ name: "invoices-due", ...app("invoices"), owner: "Finance", age: 29, dueInDays: 1, outcome: "OK" });
  create({ name: "reports-expired", ...app("reports"), owner: "Finance", age: 95, dueInDays: 2, expiresInDays: -5 });
  create({ name: "crm-unmanaged", ...app("crm"), owner: "Sales", age: 400, dueInDays: null });

  // Somebody took the grant away: whoever logs in is told so, and nothing about the secret.
  const failed = app("payroll");
  admin.app("payroll").clientCredentials = false;
  create({
    name: "payroll-failed",
    ...failed,
    owner: "People",
    age: 40,
    dueInDays: 5,
    outcome: "ISSUER_CONFIGURATION",
  });

  // Somebody regenerated it in the console and told nobody.
  const locked = app("warehouse");
  regenerated("warehouse");
  create({ name: "warehouse-locked-out", ...locked, owner: "Logistics", age: 60, dueInDays: 6, outcome: "LOCKED_OUT" });

  // The rotation ended after the new value was stored, and before it was promoted.
  const interrupted = app("shipping");
  const value = regenerated("shipping");
  const interruptedId = create({
    name: "shipping-interrupted",
    ...interrupted,
    owner: "Logistics",
    age: 31,
    dueInDays: 4,
  });
  const pending = Buffer.from(JSON.stringify({ ...interrupted.content, appSecret: value }, null, 2)).toString("base64");
  const finished = {
    name: "orot-2",
    content: pending,
    stage: "PENDING",
    now: now - 600_000,
    keepPending: false,
  } as const;
  addVersion(admin.secret(interruptedId), finished);

  admin.createRealm({
    name: REALM,
    policy: { expirationSeconds: 29 * DAY_SECONDS, rotatedSeconds: 2 * DAY_SECONDS },
  });
  const shop = admin.createKeycloakClient({ realm: REALM, clientId: "storefront", roles: ["manage-clients"] });
  const storefront = { issuer: "keycloak", url, realm: REALM, clientId: "storefront", clientSecret: shop.secret };
  create({
    ...{ name: "storefront-keycloak", content: storefront, issuer: "keycloak", client: "storefront" },
    ...{ owner: "Web", age: 10, dueInDays: 19, outcome: "OK" },
  });
  // Nobody has rotated this one yet: `adopt` finds it, by the authority.
  admin.createKeycloakClient({ realm: REALM, clientId: "search" });
  const warden = admin.createKeycloakClient({ realm: REALM, clientId: "warden", roles: ["manage-clients"] });
  const shopAuthority = {
    kind: "client-secret",
    ...{ issuer: "keycloak", url, realm: REALM, clientId: "warden", clientSecret: warden.secret },
    mayRotate: [],
  };

  // Rotated just now: the value of before works until its grace is over.
  const { clientId, secret: older } = admin.createUaaClient({ clientId: "billing" });
  const newest = newSecret(state.uaa, entropy.uuid(), now, NO_LAG);
  const both = admin.uaaClient(clientId);
  setSecrets(both, [...both.secrets, newest], now, NO_LAG);
  const billing = { issuer: "uaa", url: `${url}/uaa`, clientId, clientSecret: older };
  const billingId = create({
    ...{ name: "billing-overlapping", content: billing, issuer: "uaa", client: clientId },
    ...{ owner: "Finance", age: 0, dueInDays: 30 },
    metadata: { orot: JSON.stringify({ secondPending: "taken", currentSince: { version: 2, at: iso(now) } }) },
  });
  const renewed = Buffer.from(JSON.stringify({ ...billing, clientSecret: newest.value }, null, 2)).toString("base64");
  addVersion(admin.secret(billingId), { name: "orot-2", content: renewed, stage: "CURRENT", now, keepPending: false });

  const student = admin.createApiClient();
  const office = admin.createApiClient({ role: "cms-client" });
  const { apiClientId, key } = student;
  const roster = { issuer: "edfi-cms", url, apiClientId, clientId: key, clientSecret: student.secret };
  const rosterId = create({
    ...{ name: "roster-edfi", content: roster, issuer: "edfi-cms", client: key },
    ...{ owner: "School", age: 12, dueInDays: 18, outcome: "OK" },
  });
  const authority = {
    kind: "client-secret",
    ...{ issuer: "edfi-cms", url, clientId: office.key, clientSecret: office.secret },
    mayRotate: [{ client: key, apiClientId, secretId: rosterId }],
  };
  const stored = Object.entries({ "shop-authority": shopAuthority, "roster-authority": authority });
  const authorities = stored.map(([name, content]) => admin.createSecret({ name, content: JSON.stringify(content) }));
  return { OROT_AUTHORITY_SECRET_IDS: authorities.join(","), OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT };
}

const seconds = (at: number) => `${iso(at).slice(0, 19)}Z`;

function expiryRule(days: number): JsonObject {
  return {
    ruleType: "SECRET_EXPIRY_RULE",
    secretVersionExpiryInterval: `P${days}D`,
    isSecretContentRetrievalBlockedOnExpiry: false,
  };
}
