import { createBudget } from "../../base/budget.ts";
import { parseSettings, type Settings } from "../../base/settings/settings.ts";
import { readCaBundle } from "../../clients/http/ca-bundle.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import type { ToldExpiry } from "../../rotation/housekeeping/rotation-tags.ts";
import { createIssuerAccess } from "../issuer-access.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { checkBindings, placeOf } from "./bindings.ts";
import { checkClock } from "./clock-skew.ts";
import { askExpiry, checkTold, endOf, lifeOf } from "./dates.ts";
import { type Facts, readFacts, type Subject } from "./facts.ts";
import { attempt, type Finding, failed, known, problem } from "./finding.ts";
import { checkFunction } from "./function-check.ts";
import { checkGrace, checkNotice } from "./interval-check.ts";
import { type Contact, checkNetwork, contact } from "./network.ts";
import { checkNotifications } from "./notify-check.ts";
import { checkObstacle } from "./obstacle.ts";
import { checkRights } from "./rights.ts";
import { checkSchedule, checkSecret } from "./schedule.ts";
import { checkSettings, inItsPlace } from "./settings-check.ts";
import { checkVersions } from "./versions.ts";
import { checkLogin, checkWaysBack } from "./ways-back.ts";

const ISSUER_LIMIT_MS = 120_000;
const READ_MS = 10_000;

/** The certificate authorities that the settings name for issuers. A file in the function's image cannot be read here. */
async function authoritiesOf(runtime: Runtime, { access }: SignedIn, facts: Facts, settings: Settings) {
  if (settings.caBundle?.kind === "file" && facts.settingsFrom === "function") return { value: null };
  const { clock, entropy } = runtime;
  const budget = createBudget(clock, null, { budgetMs: 3 * READ_MS, marginMs: 0, callTimeoutMs: READ_MS });
  const read = (id: string) => createOciStore(access, id, { clock, entropy, budget }).readCurrentText();
  return attempt(() => readCaBundle(settings, read));
}

interface ExaminedIssuer {
  readonly contacts: readonly Contact[];
  readonly findings: readonly Finding[];
  readonly told: ToldExpiry | null;
  /** Null: CURRENT could not be read or understood. */
  readonly overlap: Capabilities["overlap"] | null;
}

/** What the issuer says of CURRENT and of the ways back, and how it was reached. */
async function examineIssuer(runtime: Runtime, signedIn: SignedIn, facts: Facts): Promise<ExaminedIssuer> {
  const { clock } = runtime;
  const { secretId } = facts;
  const current = known(facts.current);
  if (current === null || secretId === null) return { contacts: [], findings: [], told: null, overlap: null };
  // Invalid settings have a finding of their own; the issuer is then asked with the defaults.
  const settings = known(facts.settings) ?? parseSettings({});
  const bundle = await authoritiesOf(runtime, signedIn, facts, settings);
  const places = { secretId, compartmentId: known(facts.secret)?.compartmentId ?? null };
  const findings: Finding[] = "failure" in bundle ? [failed("network", inItsPlace(facts, bundle.failure), places)] : [];
  const authorities = known(bundle);
  const issuer = createIssuerAccess(runtime, signedIn.access, settings, { authorities, limitMs: ISSUER_LIMIT_MS });
  const opened = await attempt(() => issuer.open(parseContent(current)));
  if ("failure" in opened) {
    const failure = failed("issuer", opened.failure, places);
    return { contacts: [], findings: [...findings, failure], told: null, overlap: null };
  }
  const credential = opened.value;
  const { overlap } = credential.capabilities;
  const reached = await contact(
    runtime.transport,
    clock,
    "the issuer",
    new URL(credential.client.base).origin,
    authorities,
  );
  if ("failure" in reached.read) return { contacts: [reached], findings, told: null, overlap };
  const login = await credential.login(null);
  findings.push(checkLogin(login, secretId));
  const place = placeOf(facts, secretId);
  findings.push(...(await checkObstacle(issuer, { credential, login, place })));
  findings.push(...(await checkBindings(facts, settings, issuer, credential.client, place)));
  findings.push(...(await checkWaysBack(facts, settings, issuer, { credential, login, place }, clock.now())));
  return { contacts: [reached], findings, told: await askExpiry(credential, login), overlap };
}

/** Everything that reads and logins can find out, in the order of the report. */
export async function examine(
  runtime: Runtime,
  signedIn: SignedIn,
  subject: Subject,
): Promise<{ readonly facts: Facts; readonly findings: readonly Finding[]; readonly isSignedIn: boolean }> {
  const { clock, transport } = runtime;
  const { vaultEndpoint, secretsEndpoint } = signedIn.access;
  const vault = [
    await contact(transport, clock, "Vault", vaultEndpoint, null),
    await contact(transport, clock, "Vault's secret retrieval", secretsEndpoint, null),
  ];
  const facts = await readFacts(runtime, signedIn, subject);
  const refused = signedIn.problem();
  if (refused !== null) {
    // Stop here, since every later read would be reported as a missing right.
    const { what, next } = refused.problem;
    const findings = [...checkNetwork(facts, vault), ...checkClock(vault), problem("rights", what, next)];
    return { facts, findings, isSignedIn: false };
  }
  const issuer = await examineIssuer(runtime, signedIn, facts);
  const notify = await checkNotifications(runtime, signedIn, facts);
  const contacts = [...vault, ...issuer.contacts];
  const now = clock.now();
  const expiresAt = endOf(facts, issuer.told, now);
  return {
    facts,
    isSignedIn: true,
    findings: [
      ...checkNetwork(facts, contacts),
      ...checkClock(contacts),
      ...checkFunction(facts),
      ...checkSettings(facts),
      ...checkRights(facts, runtime.clock.now()),
      ...checkSecret(facts, now),
      ...checkVersions(facts),
      ...checkSchedule(facts, expiresAt, now),
      ...checkGrace(facts, issuer, lifeOf(facts, expiresAt)),
      ...checkNotice(facts),
      ...checkTold(facts, issuer.told, now),
      ...issuer.findings,
      ...notify,
    ],
  };
}
