import { isObject, parseObject } from "../../../../src/emulator/core/wire.ts";
import { named } from "../condition.ts";
import type { Run } from "../finished.ts";
import type { Sent } from "../sent.ts";
import { firstCurrent } from "./reads.ts";
import { holdsAny, needlesOf, othersValues } from "./values.ts";

/** What a request to Vault shows to one who may look at secrets but not read them: all but a content. */
function shownToVault({ request, url }: Sent): string {
  const body = parseObject(request.body ?? "");
  if (body === undefined) return url.href;
  const content = body["secretContent"];
  const bare = isObject(content) ? { ...content, content: null } : content;
  return `${url.href} ${JSON.stringify({ ...body, secretContent: bare })}`;
}

function contentIn({ request }: Sent): string {
  const content = parseObject(request.body ?? "")?.["secretContent"];
  return isObject(content) ? Buffer.from(String(content["content"]), "base64").toString("utf8") : "";
}

function textOf({ request, url }: Sent): string {
  return `${url.href} ${JSON.stringify(request.headers)} ${request.body ?? ""}`;
}

/** S's own address of old, in a call that began with a version by which its owner named it. */
function isWhereItWas(run: Run, { request, url, call }: Sent): boolean {
  const { prepared, attacker } = run;
  if (!prepared.ground.old.serves(request, url)) return false;
  const current = firstCurrent(run, call);
  return (
    current !== undefined && !attacker.written.has(current.number) && named(prepared, current.content).place === "old"
  );
}

function whereSent(run: Run, sent: Sent, needles: readonly string[]): string | null {
  const { ground, secretIds } = run.prepared;
  if (sent.isVault) {
    if (holdsAny(shownToVault(sent), needles)) return "a tag, the metadata or a name";
    return sent.secretId === secretIds.O && holdsAny(contentIn(sent), needles) ? "the attacker's own secret" : null;
  }
  if (ground.home.serves(sent.request, sent.url) || isWhereItWas(run, sent)) return null;
  return holdsAny(textOf(sent), needles) ? `a request to ${sent.url.origin}${sent.url.pathname}` : null;
}

/** A value, token, assertion or signature that the attacker did not write came to where he can see it. */
export function judgeExfiltrated(run: Run): string[] {
  const { world, sent } = run;
  const needles = needlesOf(othersValues(run));
  const places = sent.map((one) => whereSent(run, one, needles)).filter((place) => place !== null);
  const answers = world.calls.map(({ end }) => (end?.kind === "answered" ? JSON.stringify(end.answer) : "")).join("\n");
  if (holdsAny(answers, needles)) places.push("an answer");
  if (holdsAny(world.log.join("\n"), needles)) places.push("a log line");
  return [...new Set(places)].map((place) => `exfiltrated: a value or token of another client in ${place}`);
}
