import { define } from "./definition.ts";
import { hosts, ocid, whole } from "./kinds.ts";

/** Who hears of rotations, and how. */
export const notificationSettings = {
  subscriberLimit: define(
    "OROT_SUBSCRIBER_LIMIT",
    "count",
    "20",
    whole(0, 20),
    "0 to 20",
    "How many subscribers one secret may have.",
  ),
  notifyBudgetSeconds: define(
    "OROT_NOTIFY_BUDGET_SECONDS",
    "s",
    "10",
    whole(1, 60),
    "1 to 60",
    "All that one call does for its notifications together; what does not fit is left to the next heal.",
  ),
  notifyMaxFailures: define(
    "OROT_NOTIFY_MAX_FAILURES",
    "count",
    "10",
    whole(1, 1000),
    "1 to 1000",
    "A subscriber that could not be reached in so many calls in a row is removed; never the last mail address.",
  ),
  notifyHosts: define(
    "OROT_NOTIFY_HOSTS",
    "hosts, comma",
    null,
    hosts,
    "host names or addresses, each with a port or without, separated by commas",
    "The only hosts that webhooks are sent to, private ones too. Not set: any host with public addresses alone.",
  ),
  notifyTopicId: define(
    "OROT_NOTIFY_TOPIC_ID",
    "OCID",
    null,
    ocid("onstopic"),
    "the OCID of a Notifications topic",
    "A topic that hears of every secret's rotations.",
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
