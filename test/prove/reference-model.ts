/**
 * What OCI Vault and an identity domain are assumed to do, in as few words as possible. Written from their contracts,
 * not from the emulator. It names every refusal that would be right; which of them a service chooses is not documented.
 * Times are ms of any one clock.
 */
export type ModelStage = "CURRENT" | "PENDING" | "PREVIOUS" | "DEPRECATED";

/** What the contracts leave open, and the emulator has switches for. */
export interface ModelOptions {
  readonly secondPending: "deprecates" | "refuses" | "keeps-both";
  readonly ifMatch: "honoured" | "ignored";
  readonly promoteDeprecated: "accepted" | "refused";
  readonly oldTokens: "live" | "die";
  readonly readBack: "clear" | "empty" | "masked" | "forbidden";
  readonly versionLimit: number;
  readonly updatingMs: number;
  readonly tokenLifeMs: number;
}

export interface ModelVersion {
  readonly number: number;
  readonly name: string | null;
  readonly content: string;
  versionStage: ModelStage;
  /** When it goes; null: it stays. */
  goesAt: number | null;
}

/** `status code` of every refusal that would be right. Empty: the request must succeed. */
export type Refusals = readonly string[];
/** The etag that a write carries, as the revision at which it was read; null: none is sent. */
export type Match = number | null;

const DAY_MS = 86_400_000;
const NAME = /^[A-Za-z0-9._-]{1,255}$/;

export class ReferenceModel {
  readonly versions: ModelVersion[] = [];
  /** Moves with every change that the etag has to tell. */
  revision = 0;
  /** The client secret that the issuer accepts, and how many came before it. */
  accepted: string;
  generation = 0;
  private highest = 0;
  private activeFrom: number | null = null;
  private readonly tokens: { readonly generation: number; readonly endsAt: number }[] = [];
  private readonly options: ModelOptions;

  constructor(options: ModelOptions, clientSecret: string, content: string) {
    this.options = options;
    this.accepted = clientSecret;
    this.add(null, content, "CURRENT");
  }

  /** Lets everything happen that is due. */
  settle(now: number): void {
    if (this.activeFrom !== null && now >= this.activeFrom) {
      this.activeFrom = null;
      this.revision += 1;
    }
    const gone = this.versions.filter(({ goesAt }) => goesAt !== null && goesAt <= now);
    for (const version of gone) this.versions.splice(this.versions.indexOf(version), 1);
    if (gone.length > 0) this.revision += 1;
  }

  get lifecycle(): "ACTIVE" | "UPDATING" {
    return this.activeFrom === null ? "ACTIVE" : "UPDATING";
  }

  at(versionStage: ModelStage): ModelVersion | undefined {
    return this.versions.findLast((version) => version.versionStage === versionStage);
  }

  /** With LATEST, which is the highest number that ever was. */
  stagesOf({ number, versionStage }: ModelVersion): string[] {
    return number === this.highest ? [versionStage, "LATEST"] : [versionStage];
  }

  /** Lists and writes are refused while the secret is UPDATING. */
  list(): string[] {
    return this.lifecycle === "UPDATING" ? ["409 IncorrectState"] : [];
  }

  /** New content makes a new version. */
  write(
    { name, content, versionStage }: { name: string | null; content: string; versionStage: "CURRENT" | "PENDING" },
    match: Match,
    now: number,
  ): Refusals {
    const refusals = this.refusedWrite(match);
    if (name !== null && !NAME.test(name)) refusals.push("400 InvalidParameter");
    if (name !== null && this.versions.some((version) => version.name === name)) refusals.push("400 InvalidParameter");
    const inUse = this.versions.filter(({ goesAt }) => goesAt === null).length;
    if (inUse >= this.options.versionLimit) refusals.push("400 LimitExceeded");
    const pending = this.at("PENDING");
    if (versionStage === "PENDING" && pending !== undefined && this.options.secondPending === "refuses") {
      refusals.push("400 InvalidParameter");
    }
    if (refusals.length > 0) return refusals;
    if (versionStage === "CURRENT") this.retireCurrent();
    else if (pending !== undefined && this.options.secondPending === "deprecates") pending.versionStage = "DEPRECATED";
    this.add(name, content, versionStage);
    this.changed(now);
    return [];
  }

  /** Another version becomes CURRENT, the old one PREVIOUS, the old PREVIOUS DEPRECATED. */
  promote(number: number, match: Match, now: number): Refusals {
    const refusals = this.refusedWrite(match);
    const version = this.numbered(number);
    if (version === undefined) refusals.push("400 InvalidParameter");
    else if (version.goesAt !== null) refusals.push("409 IncorrectState");
    if (version?.versionStage === "DEPRECATED" && this.options.promoteDeprecated === "refused") {
      refusals.push("400 InvalidParameter");
    }
    if (refusals.length > 0 || version === undefined) return refusals;
    if (version.versionStage !== "CURRENT") {
      version.versionStage = "DEPRECATED";
      this.retireCurrent();
      version.versionStage = "CURRENT";
    }
    this.changed(now);
    return [];
  }

  /** Metadata, tags, a description: no version changes. */
  describe(match: Match, now: number): Refusals {
    const refusals = this.refusedWrite(match);
    if (refusals.length === 0) this.changed(now);
    return refusals;
  }

  /** Content together with another current version, in one update. */
  combine(match: Match): Refusals {
    return [...this.refusedWrite(match), "400 InvalidParameter"];
  }

  /** @param afterMs null: takes a scheduled deletion back */
  setDeletion(number: number, afterMs: number | null, match: Match, now: number): Refusals {
    const refusals = this.refusedWrite(match);
    const version = this.numbered(number);
    if (version === undefined) return [...refusals, "404 NotAuthorizedOrNotFound"];
    if ((version.goesAt === null) === (afterMs === null)) refusals.push("409 IncorrectState");
    if (afterMs !== null && version.versionStage !== "DEPRECATED") refusals.push("409 IncorrectState");
    if (afterMs !== null && (afterMs < DAY_MS || afterMs > 30 * DAY_MS)) refusals.push("400 InvalidParameter");
    if (refusals.length > 0) return refusals;
    version.goesAt = afterMs === null ? null : now + afterMs;
    this.revision += 1;
    return [];
  }

  /** @returns the token's number, or null: 401 */
  logIn(clientSecret: string, now: number): number | null {
    if (clientSecret !== this.accepted) return null;
    return this.tokens.push({ generation: this.generation, endsAt: now + this.options.tokenLifeMs }) - 1;
  }

  isTokenGood(token: number, now: number): boolean {
    const held = this.tokens[token];
    if (held === undefined || now >= held.endsAt) return false;
    return this.options.oldTokens === "live" || held.generation === this.generation;
  }

  /** The issuer has chosen a new client secret: the one before is refused from now on. */
  minted(clientSecret: string): void {
    this.accepted = clientSecret;
    this.generation += 1;
  }

  /** What the App shows of its client secret; undefined: nothing. */
  get shown(): string | undefined {
    const { readBack } = this.options;
    return readBack === "clear" ? this.accepted : readBack === "masked" ? "**********" : undefined;
  }

  numbered(number: number): ModelVersion | undefined {
    return this.versions.find((version) => version.number === number);
  }

  private refusedWrite(match: Match): string[] {
    const isStale = match !== null && match !== this.revision && this.options.ifMatch === "honoured";
    return isStale ? [...this.list(), "412 NoEtagMatch"] : this.list();
  }

  private retireCurrent(): void {
    for (const version of this.versions) if (version.versionStage === "PREVIOUS") version.versionStage = "DEPRECATED";
    for (const version of this.versions) if (version.versionStage === "CURRENT") version.versionStage = "PREVIOUS";
  }

  private add(name: string | null, content: string, versionStage: ModelStage): void {
    this.highest += 1;
    this.versions.push({ number: this.highest, name, content, versionStage, goesAt: null });
  }

  private changed(now: number): void {
    this.revision += 1;
    this.activeFrom = this.options.updatingMs > 0 ? now + this.options.updatingMs : null;
  }
}
