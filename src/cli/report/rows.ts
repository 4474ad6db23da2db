import { isUnhealthy, type Scanned, type ScannedSecret, standingOf, standingWords } from "../inventory/scan-data.ts";
import { dayText } from "../output/times.ts";
import { html, type Markup } from "./markup.ts";
import type { Timeline } from "./timeline.ts";

interface Column {
  readonly head: string;
  readonly cell: (secret: ScannedSecret) => Markup;
  /** The sort key of the column: numbers by size, texts alphabetically; "" comes last. */
  readonly key: (secret: ScannedSecret) => string | number;
}

const URGENCY = {
  "locked-out": 0,
  failed: 1,
  expired: 2,
  overdue: 3,
  due: 4,
  "ends-first": 5,
  later: 6,
  "no-date": 7,
} as const;
/** What may become a link; any other contact stays text. */
const MAIL = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$/;

/** Why the list and the closer look do not tell. */
const whyUnknown = ({ problem }: ScannedSecret, otherwise: string) =>
  problem === null ? otherwise : `could not be read: ${problem}`;

function unknown(secret: ScannedSecret, otherwise: string): Markup {
  return html`<span class="none">unknown</span> <small>${whyUnknown(secret, otherwise)}</small>`;
}

const NOT_TOLD = "no heal has noted it, and its content was not read";

function clientCell(secret: ScannedSecret): Markup {
  const { clientId, issuer } = secret;
  if (clientId === null)
    return html`${unknown(secret, NOT_TOLD)}${issuer === null ? null : html` <small>${issuer}</small>`}`;
  return html`${clientId} <small>${issuer ?? `issuer unknown: ${whyUnknown(secret, NOT_TOLD)}`}</small>`;
}

function dateCell(on: string | null, asOf: string, remark: string | null, otherwise: string): Markup {
  if (on === null) return html`<span class="none">${otherwise}</span>`;
  const away = dayText(Date.parse(asOf), Date.parse(on));
  const told = remark === null ? away : `${away}, ${remark}`;
  return html`<time datetime="${on}">${on.slice(0, 10)}</time> <small>${told}</small>`;
}

function ownerCell({ owner, contact }: ScannedSecret): Markup {
  if (owner === null && contact === null) return html`<span class="none">not noted</span>`;
  const reach =
    contact === null
      ? null
      : MAIL.test(contact)
        ? html`<small><a href="mailto:${contact}">${contact}</a></small>`
        : html`<small>${contact}</small>`;
  return html`${owner} ${reach}`;
}

function outcomeCell(secret: ScannedSecret): Markup {
  const { outcome, problem } = secret;
  const trouble = problem === null ? null : html`<small>not read: ${problem}</small>`;
  if (outcome === null)
    return html`<span class="none">none noted</span> <small>no heal has run on it</small> ${trouble}`;
  const code = isUnhealthy(secret) ? html`<strong class="bad">${outcome.code}</strong>` : html`${outcome.code}`;
  return html`${code} <small>version ${outcome.versionNo}, since <time datetime="${outcome.at}">${outcome.at.slice(0, 10)}</time></small> ${trouble}`;
}

/** Slots are a column only if they were read. */
export function columnsOf({ asOf, secrets }: Scanned): Column[] {
  const slots: Column = {
    head: "Slots left",
    cell: (secret) =>
      secret.freeSlots === null ? unknown(secret, "Vault was between two states") : html`${secret.freeSlots}`,
    key: ({ freeSlots }) => freeSlots ?? "",
  };
  const tooOld: Column = {
    head: "Too old on",
    cell: ({ tooOldOn }) => dateCell(tooOldOn, asOf, null, "none"),
    key: ({ tooOldOn }) => tooOldOn ?? "",
  };
  return [
    {
      head: "State",
      cell: (secret) => html`<span class="state ${standingOf(secret)}">${standingWords[standingOf(secret)]}</span>`,
      key: (secret) => URGENCY[standingOf(secret)],
    },
    {
      head: "Secret",
      cell: ({ name, secretId }) => html`<strong>${name}</strong> <code>${secretId}</code>`,
      key: ({ name }) => name,
    },
    {
      head: "Client",
      cell: clientCell,
      key: ({ clientId }) => clientId ?? "",
    },
    { head: "Owner", cell: ownerCell, key: ({ owner, contact }) => owner ?? contact ?? "" },
    { head: "Age", cell: ({ ageDays }) => html`${ageDays} d`, key: ({ ageDays }) => ageDays },
    {
      head: "Expires on",
      cell: ({ expiresOn, expirySource, expiry }) => {
        const otherwise = expiry === "never" ? "never" : "not told";
        return dateCell(expiresOn, asOf, expirySource === "vault" ? "by Vault's rule" : null, otherwise);
      },
      key: ({ expiresOn }) => expiresOn ?? "",
    },
    {
      head: "Next rotation",
      cell: ({ nextRotation, endsFirst }) => dateCell(nextRotation, asOf, endsFirst ? "after its end" : null, "none"),
      key: ({ nextRotation }) => nextRotation ?? "",
    },
    ...(secrets.some(({ tooOldOn }) => tooOldOn !== null) ? [tooOld] : []),
    ...(secrets.some(({ freeSlots }) => freeSlots !== null) ? [slots] : []),
    { head: "Last outcome", cell: outcomeCell, key: ({ outcome }) => outcome?.code ?? "" },
  ];
}

export function renderRow(secret: ScannedSecret, columns: readonly Column[], timeline: Timeline): Markup {
  const cells = columns.map(
    ({ head, cell, key }) => html`<td data-label="${head}" data-key="${key(secret)}"><div>${cell(secret)}</div></td>`,
  );
  return html`<tr data-bucket="${timeline.indexOf(secret) ?? ""}">${cells}</tr>\n`;
}
