import { createBudget } from "../../base/budget.ts";
import type { Secret } from "../../base/secret.ts";
import type { Settings } from "../../base/settings/settings.ts";
import { createOciRequester } from "../../clients/http/oci-request.ts";
import { type NotifyRecord, readRecord, type Subscriber } from "../../clients/vault/notify-record.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { type Endpoint, hostOf, parseEndpoint } from "../../notify/endpoint.ts";
import { parseMailServer } from "../../notify/mail.ts";
import { parseKeys } from "../../notify/signature.ts";
import { isListed } from "../../notify/target.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import type { Facts } from "./facts.ts";
import { attempt, type Finding, failed, known, ok, problem, warning } from "./finding.ts";
import { setLine } from "./settings-check.ts";

const READ_MS = 10_000;
/** The name used in docs/deploying.md. */
const FUNCTION_GROUP = "oci-rotate-function";

/** What is examined, once there is something to examine. */
interface Subject {
  readonly facts: Facts;
  readonly settings: Settings;
  readonly record: NotifyRecord;
  readonly web: readonly URL[];
  readonly mails: number;
}

type ReadText = (secretId: string) => Promise<Secret>;

function endpointOf({ endpoint }: Subscriber): Endpoint[] {
  try {
    return [parseEndpoint(endpoint)];
  } catch {
    return [];
  }
}

const counted = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;
const compartmentOf = ({ secret }: Facts) => known(secret)?.compartmentId ?? "<compartment>";

/** Reports whether a secret that the settings name can be read here, and has the right content. */
async function secretFinding<T>(
  { facts }: Subject,
  told: { readonly id: string; readonly name: string; readonly parse: (text: Secret) => T },
  read: ReadText,
  found: (value: T) => string,
): Promise<Finding> {
  const parsed = await attempt(async () => told.parse(await read(told.id)));
  if ("value" in parsed) return ok("notify", found(parsed.value));
  const places = { compartmentId: known(facts.secret)?.compartmentId ?? null, secretId: told.id };
  const finding = failed("notify", parsed.failure, places);
  return { ...finding, what: `${told.name}: ${finding.what}` };
}

async function keyFindings(subject: Subject, read: ReadText): Promise<Finding[]> {
  const { settings, web, facts } = subject;
  const id = settings.webhookKeySecretId;
  if (id !== null) {
    const told = { id, name: "the key that signs webhooks", parse: parseKeys };
    const found = (keys: readonly Secret[]) =>
      keys.length === 1 ? "webhooks are signed with one key" : "webhooks are signed with two keys, as while it changes";
    return [await secretFinding(subject, told, read, found)];
  }
  if (web.length === 0) return [];
  const webhooks = counted(web.length, "webhook is", "webhooks are");
  const what = `${webhooks} registered, and without OROT_WEBHOOK_KEY_SECRET_ID none is sent`;
  return [problem("notify", what, setLine(facts, "OROT_WEBHOOK_KEY_SECRET_ID", "<OCID of the key's secret>"))];
}

async function mailFindings(subject: Subject, read: ReadText): Promise<Finding[]> {
  const { settings, mails, facts } = subject;
  const id = settings.smtpSecretId;
  if (id !== null) {
    const told = { id, name: "how mail is sent", parse: parseMailServer };
    const found = ({ host, port, login }: ReturnType<typeof parseMailServer>) =>
      `mail is sent by ${host}:${port}${login === null ? ", without logging in" : ""}`;
    return [await secretFinding(subject, told, read, found)];
  }
  if (mails === 0) return [];
  const addresses = counted(mails, "mail address is", "mail addresses are");
  const what = `${addresses} registered, and without OROT_SMTP_SECRET_ID no mail is sent`;
  return [problem("notify", what, setLine(facts, "OROT_SMTP_SECRET_ID", "<OCID of the mail server's secret>"))];
}

/** Reports where webhooks may go, since anyone who may invoke the function chooses their hosts. */
function hostFindings({ settings, web, facts }: Subject): Finding[] {
  const { notifyHosts } = settings;
  const hosts = (urls: readonly URL[]) => [...new Set(urls.map(({ host }) => host))].join(",");
  if (web.length === 0) return [];
  if (notifyHosts === null) {
    const what = "OROT_NOTIFY_HOSTS is not set, so webhooks to any public host may be registered";
    return [warning("notify", what, setLine(facts, "OROT_NOTIFY_HOSTS", hosts(web)))];
  }
  const others = web.filter((url) => !isListed(notifyHosts, url));
  if (others.length === 0) return [ok("notify", "OROT_NOTIFY_HOSTS names the host of every webhook")];
  const what = `OROT_NOTIFY_HOSTS does not name ${hosts(others)}, so nothing is sent there`;
  return [problem("notify", what, "add it to OROT_NOTIFY_HOSTS, or oci-rotate notify remove the endpoint")];
}

const publishLine = (compartmentId: string) =>
  `Allow dynamic-group ${FUNCTION_GROUP} to use ons-topics in compartment id ${compartmentId} where request.permission = 'ONS_TOPIC_PUBLISH'`;

/** GetTopic shows only that the topic exists. Whether the function may publish shows in what it recorded. */
async function topicFindings(
  { settings, record, facts }: Subject,
  { clock, transport }: Runtime,
  { access }: SignedIn,
): Promise<Finding[]> {
  const { notifyTopicId } = settings;
  const endpoint = access.notificationsEndpoint;
  if (notifyTopicId === null || endpoint === undefined) return [];
  const ask = createOciRequester(transport, access.signer);
  const url = `${endpoint}/20181201/topics/${encodeURIComponent(notifyTopicId)}`;
  const answer = await attempt(() => ask({ method: "GET", url, deadline: clock.monotonic() + READ_MS }));
  if ("failure" in answer) return [failed("notify", answer.failure, { compartmentId: null, secretId: null })];
  const { status } = answer.value;
  const findings: Finding[] = [];
  if (status === 200) findings.push(ok("notify", "the topic of OROT_NOTIFY_TOPIC_ID is there"));
  else {
    const see = `Allow group <your group> to read ons-topics in compartment id ${compartmentOf(facts)}`;
    const what = `GetTopic of OROT_NOTIFY_TOPIC_ID was answered ${status}`;
    const isHidden = status === 404 || status === 403;
    findings.push(
      isHidden
        ? problem("notify", `${what}: there is no such topic in this region, or you may not see it`, see)
        : warning("notify", what, "try again later"),
    );
  }
  if (facts.secretId === null) return findings;
  const line = publishLine(compartmentOf(facts));
  if (record.told === null) {
    findings.push(warning("notify", "there is no evidence yet that the function may publish to the topic", line));
  } else if (record.told.owesTopic) {
    findings.push(problem("notify", "the topic was not notified of the last rotation", line));
  } else
    findings.push(
      ok("notify", "the topic is up to date: it was notified of the last rotation, or there was none since it was set"),
    );
  return findings;
}

/** Subscribers that were not notified of the last rotation. */
function unreachedFindings({ settings, record, facts }: Subject): Finding[] {
  const { secretId } = facts;
  if (secretId === null) return [];
  const test = `oci-rotate notify test ${secretId}`;
  return record.subscribers.flatMap(({ endpoint, failures }) => {
    if (failures === null) return [];
    const host = hostOf(endpoint);
    const who = host === "mail" ? "a mail address" : host;
    if (failures > 0) {
      const what = `${who} was not notified of the last rotation: ${counted(failures, "call", "calls")} failed, at ${settings.notifyMaxFailures} it is removed`;
      return [warning("notify", what, test)];
    }
    const secret = host === "mail" ? settings.smtpSecretId : settings.webhookKeySecretId;
    const line = `Allow dynamic-group ${FUNCTION_GROUP} to read secret-bundles in compartment id ${compartmentOf(facts)} where target.secret.id = '${secret ?? "<secret>"}'`;
    const what = `${who} was not notified of the last rotation, through no fault of the endpoint: the function's log says not-notified or notify-not-configured`;
    return [warning("notify", what, line, test)];
  });
}

/** Reports who is notified of rotations, and whether the settings allow it. Sends only reads. */
export async function checkNotifications(runtime: Runtime, signedIn: SignedIn, facts: Facts): Promise<Finding[]> {
  const settings = known(facts.settings);
  if (settings === null) return [];
  const record = readRecord(known(facts.secret)?.metadata ?? {}, {
    subscriberLimit: settings.subscriberLimit,
    highestNo: null,
  });
  const endpoints = record.subscribers.flatMap(endpointOf);
  const web = endpoints.flatMap((endpoint) => (endpoint.kind === "web" ? [endpoint.url] : []));
  const subject: Subject = { facts, settings, record, web, mails: endpoints.length - web.length };
  const { clock, entropy } = runtime;
  const read: ReadText = (id) => {
    const budget = createBudget(clock, null, { budgetMs: 3 * READ_MS, marginMs: 0, callTimeoutMs: READ_MS });
    return createOciStore(signedIn.access, id, { clock, entropy, budget }).readCurrentText();
  };
  const findings = [
    ...(await keyFindings(subject, read)),
    ...(await mailFindings(subject, read)),
    ...hostFindings(subject),
    ...(await topicFindings(subject, runtime, signedIn)),
    ...unreachedFindings(subject),
  ];
  if (settings.notificationsEndpoint !== null) {
    const what = "OROT_NOTIFICATIONS_ENDPOINT is set, which leads away from OCI's own addresses";
    findings.push(warning("notify", what, "remove it, unless a private endpoint is intended"));
  }
  if (facts.secretId === null || findings.length > 0) return findings;
  return [ok("notify", "no one is notified of rotations: the secret has no subscribers, and no topic is set")];
}
