import { expect, test } from "vitest";
import { adviceFor } from "../../../../src/cli/probe/advice.ts";
import type { Answer } from "../../../../src/cli/probe/answers.ts";

const answer = (question: Answer["question"], word: string, seconds: number | null = null): Answer => ({
  ...{ question, answer: word, told: "", seconds },
});
const WAY = "OROT_REQUIRE_WAY_BACK";
const VALUE = "OROT_OCI_IAM_VALUE";
const BOUND = "OROT_LANDING_BOUND_SECONDS";

const NO_TOKENS = {
  ...{ name: WAY, value: "false" },
  why: "tokens are no way back; turn it on once OROT_AUTHORITY_SECRET_IDS names a second authority",
};
const NOT_CHOSEN = { name: VALUE, value: "issuer", why: "the domain was not seen to take a chosen value" };
const DEFAULT = { name: BOUND, value: "60", why: "the default is more than twice what a new client secret took" };
const took = (seconds: number, value: string) => ({
  ...{ name: BOUND, value, why: `a new client secret took ${seconds} s, and may take longer another time` },
});

test.each<[readonly Answer[], readonly object[]]>([
  [[], [NO_TOKENS, NOT_CHOSEN]],
  [
    [answer("old-token", "dies"), answer("chosen-value", "refused")],
    [NO_TOKENS, NOT_CHOSEN],
  ],
  [
    [answer("old-token", "survives")],
    [
      {
        name: WAY,
        value: "true",
        why: "tokens are a way back; each secret's first rotation and heal, with it off, note that",
      },
      NOT_CHOSEN,
    ],
  ],
  [
    [answer("chosen-value", "accepted"), answer("old-token", "dies")],
    [
      {
        name: WAY,
        value: "true",
        why: "a chosen value is stored before the domain gets it, so there is always a way back",
      },
      { name: VALUE, value: "caller", why: "the domain takes a chosen value, and that is stored first" },
    ],
  ],
  [[answer("new-secret", "unknown", 400)], [NO_TOKENS, NOT_CHOSEN]],
  [[answer("new-secret", "late")], [NO_TOKENS, NOT_CHOSEN]],
  [[answer("new-secret", "at-once", 0)], [NO_TOKENS, NOT_CHOSEN, DEFAULT]],
  [[answer("new-secret", "late", 30)], [NO_TOKENS, NOT_CHOSEN, DEFAULT]],
  [[answer("new-secret", "late", 31)], [NO_TOKENS, NOT_CHOSEN, took(31, "70")]],
  [[answer("new-secret", "late", 300)], [NO_TOKENS, NOT_CHOSEN, took(300, "600")]],
  [[answer("new-secret", "late", 301)], [NO_TOKENS, NOT_CHOSEN, took(301, "600")]],
  [[answer("version-deletion", "allows")], [NO_TOKENS, NOT_CHOSEN]],
  [
    [answer("version-deletion", "blocks")],
    [
      NO_TOKENS,
      NOT_CHOSEN,
      {
        ...{ name: "OROT_KEEP_DEPRECATED_VERSIONS", value: "20" },
        why: "a version that awaits deletion blocks writes, so as few as possible should",
      },
    ],
  ],
])("from %j follow these settings", (answers, settings) => {
  expect(adviceFor(answers)).toEqual(settings);
});
