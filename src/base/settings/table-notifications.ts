import { DAY_MS, DURATION_WORDS, MINUTE_MS } from "../durations.ts";
import { define } from "./definition.ts";
import { duration, hosts, ocid, whole } from "./kinds.ts";

const LONGEST_NOTICE_MS = 360 * DAY_MS;
/** How long before a client secret is due: of the setting, and of a subscriber that has a time of its own. */
export const noticeTime = duration(MINUTE_MS, LONGEST_NOTICE_MS);
export const NOTICE_TIME_WORDS = `from 1m to 360d: ${DURATION_WORDS}`;

/** Who hears of rotations, and how. */
export const notificationSettings = {
  subscriberLimit: define(
    "OROT_SUBSCRIBER_LIMIT",
    "count",
    "20",
    whole(0, 20),
    "0 to 20",
    "The maximum number of subscribers of one secret.",
  ),
  notifyBudgetSeconds: define(
    "OROT_NOTIFY_BUDGET_SECONDS",
    "s",
    "10",
    whole(1, 60),
    "1 to 60",
    "The time for all notifications of one call. The next heal sends what does not fit.",
  ),
  notifyMaxFailures: define(
    "OROT_NOTIFY_MAX_FAILURES",
    "count",
    "10",
    whole(1, 1000),
    "1 to 1000",
    "A subscriber is removed after this many consecutive failed calls. The last mail address is never removed.",
  ),
  noticeBeforeMs: define(
    "OROT_NOTICE_BEFORE",
    "duration",
    null,
    noticeTime,
    NOTICE_TIME_WORDS,
    "How long before a client secret is due its subscribers are notified, such as `7d`; a subscriber may have a time of its own. Not set: the others are not notified before.",
  ),
  notifyHosts: define(
    "OROT_NOTIFY_HOSTS",
    "hosts, comma",
    null,
    hosts,
    "host names or addresses, each with or without a port, separated by commas",
    "The only hosts that webhooks are sent to; they may be private. Not set: any host that has only public addresses.",
  ),
  notifyTopicId: define(
    "OROT_NOTIFY_TOPIC_ID",
    "OCID",
    null,
    ocid("onstopic"),
    "the OCID of a Notifications topic",
    "A topic that receives a notification of every rotation.",
  ),
  webhookKeySecretId: define(
    "OROT_WEBHOOK_KEY_SECRET_ID",
    "OCID",
    null,
    ocid("vaultsecret"),
    "the OCID of a Vault secret",
    'A secret that holds one or two signing keys, `{"keys":["whsec_…"]}`. Not set: http and https subscribers are refused.',
  ),
  smtpSecretId: define(
    "OROT_SMTP_SECRET_ID",
    "OCID",
    null,
    ocid("vaultsecret"),
    "the OCID of a Vault secret",
    'A secret that says how mail is sent, `{"host","port","user","password","from"}`. Not set: mailto subscribers are refused.',
  ),
} as const;
