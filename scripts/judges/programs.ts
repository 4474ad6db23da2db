/** Gates that end with words instead of figures, and the live one. */
import { z } from "zod";
import type { liveTargets } from "../live/limits.ts";
import { atLeast, type Judge, judgeLine, judgeText, words } from "./judge.ts";

const LEAST_CASES = 300;
const SOME = "[1-9]\\d*";
const says = (text: string) => judgeText(new RegExp(`^${text}`, "m"));

/** It looked at what went into the bundle. */
export const judgeBuild = says(`holds no emulator, command line or test code: checked [1-9]\\d{2,} inputs$`);
/** Each of our rules has a case that it must find. */
export const judgeLintRules: Judge = ({ stdout }) => {
  const [, held, all] = /^lint rules: (\d+) of (\d+) cases hold$/m.exec(stdout) ?? [];
  if (held === undefined) return "it does not say how many cases hold";
  return held === all && Number(held) >= LEAST_CASES ? null : `${held} of ${all} cases hold, at least ${LEAST_CASES}`;
};

export const judgeLockFile = says(`package-lock\\.json: ${SOME} packages, one oci-common \\d`);
export const judgeDocs = says("docs/proof\\.md: up to date$");
export const judgePackage = says("published package: nothing is wrong$");
export const judgeWorkflows = says(`${SOME} workflows: no complaints$`);
export const judgeHelp = says("Usage: ");

const LEAST_LIVE: Readonly<Record<(typeof liveTargets)[number], number>> = { uaa: 85, keycloak: 140, oci: 140 };

/** Every target must have been tried, with nothing left out. */
export const judgeLive = judgeLine(
  z.object(
    Object.fromEntries(
      Object.entries(LEAST_LIVE).map(([name, least]) => [
        name,
        z.object({ version: words, passed: atLeast(least), failed: z.literal(0) }),
      ]),
    ),
  ),
);
