import { DAY_MS } from "../../base/durations.ts";
import { dueOn, type Scanned, type ScannedSecret } from "../inventory/scan-data.ts";
import { html, type Markup } from "./markup.ts";

/** A period of the timeline and what falls due in it. */
export interface Bucket {
  readonly label: string;
  /** For the tooltip and for screen readers. */
  readonly title: string;
  expires: number;
  rotates: number;
}

export interface Timeline {
  readonly buckets: readonly Bucket[];
  /** The bucket of a secret; null: it has no date. */
  indexOf(secret: ScannedSecret): number | null;
}

/** Days per bucket: the first size that covers everything in few enough buckets. Beyond the last size, one bucket holds the rest. */
const SIZES = [1, 7, 30] as const;
const MOST = 13;

const monthDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** Days are in UTC and count from the day of the scan. The past is one bucket. */
export function timelineOf({ asOf, secrets }: Scanned): Timeline {
  const now = Date.parse(asOf);
  const today = Math.floor(now / DAY_MS);
  const isOver = (on: string) => Date.parse(on) <= now;
  const daysTo = (on: string) => Math.floor(Date.parse(on) / DAY_MS) - today;
  const furthest = secrets.reduce((most, secret) => {
    const on = dueOn(secret);
    return on === null ? most : Math.max(most, daysTo(on));
  }, 0);
  const size = SIZES.find((days) => furthest < days * MOST) ?? 30;
  const count = Math.min(MOST, Math.floor(furthest / size) + 1);
  const dayText = (days: number) => monthDay.format((today + days) * DAY_MS);
  const empty = { expires: 0, rotates: 0 };
  const buckets: Bucket[] = [
    { label: "past", title: "before now", ...empty },
    ...Array.from({ length: count }, (_, index) => {
      const [from, to] = [dayText(index * size), dayText((index + 1) * size - 1)];
      return { label: from, title: size === 1 ? from : `${from} to ${to}`, ...empty };
    }),
    ...(furthest >= size * MOST ? [{ label: "later", title: `after ${dayText(size * MOST - 1)}`, ...empty }] : []),
  ];
  const indexOf = (secret: ScannedSecret) => {
    const on = dueOn(secret);
    if (on === null) return null;
    return isOver(on) ? 0 : Math.min(buckets.length - 1, 1 + Math.floor(daysTo(on) / size));
  };
  for (const secret of secrets) {
    const bucket = buckets[indexOf(secret) ?? -1];
    if (bucket === undefined) continue;
    if (dueOn(secret) === secret.expiresOn) bucket.expires += 1;
    else bucket.rotates += 1;
  }
  return { buckets, indexOf };
}

const HEIGHT = 100;

/** Heights are SVG attributes, since the page's policy forbids inline styles. */
function bar({ expires, rotates }: Bucket, most: number): Markup {
  const height = (count: number) => (count === 0 ? 0 : Math.max(3, Math.round((count / most) * HEIGHT)));
  const [red, blue] = [height(expires), height(rotates)];
  const top = Math.max(0, HEIGHT - red - blue);
  return html`<svg viewBox="0 0 10 ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><rect class="expires" x="0" width="10" y="${top}" height="${red}"/><rect class="rotates" x="0" width="10" y="${top + red}" height="${blue}"/></svg>`;
}

/** Columns to click on: each filters the table to its own secrets. */
export function renderTimeline({ buckets }: Timeline): Markup {
  const most = Math.max(1, ...buckets.map(({ expires, rotates }) => expires + rotates));
  const columns = buckets.map((bucket, index) => {
    const total = bucket.expires + bucket.rotates;
    const told = `${bucket.title}: ${bucket.expires} expire, ${bucket.rotates} rotate`;
    return html`<li><button type="button" data-bucket="${index}" aria-pressed="false" title="${told}" aria-label="${told}"><b>${total === 0 ? "" : total}</b>${bar(bucket, most)}<span>${bucket.label}</span></button></li>`;
  });
  return html`<section aria-labelledby="when"><h2 id="when">When</h2>
<p class="legend"><i class="expires"></i> expires <i class="rotates"></i> next rotation, where that comes first</p>
<ol class="timeline">${columns}</ol></section>`;
}
