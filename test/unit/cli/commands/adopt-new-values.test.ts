import { describe, expect, test } from "vitest";
import { CMS, DOMAIN, INTO, madeIn, outcomes, type Report, UAA, useAdoption } from "../../../support/adoption.ts";
import { type CliWorld, expectOnlyReads } from "../../../support/cli.ts";
import { storeVersion } from "../../../support/outside-changes.ts";

const world = useAdoption();
const TAG = [{ tag: "rotation.client" }];

/** A UAA whose warden may change every client's secret. */
async function uaa(mayRotate: readonly object[] = TAG) {
  const base = await world({ issuer: "uaa", url: UAA, mayRotate }, ({ emulator: { admin } }) =>
    admin.createUaaClient({ clientId: "admin", authorities: ["clients.admin", "clients.read"] }),
  );
  const { admin } = base.w.emulator;
  const make = (clientId: string, more: object = {}) => {
    const made = admin.createUaaClient({ clientId, authorities: [], ...more });
    if (made.secret !== "") base.w.canary.add(made.secret);
    return made;
  };
  return { ...base, make, works: (clientId: string, value: string) => admin.uaaLogin(clientId, value) === "accepted" };
}

/** An Ed-Fi CMS with its administrator. */
async function cms(mayRotate: readonly object[] = TAG) {
  const base = await world({ issuer: "edfi-cms", url: CMS, mayRotate }, ({ emulator: { admin } }) => {
    const { key, secret } = admin.createApiClient({ role: "cms-client" });
    return { clientId: key, secret };
  });
  const { admin } = base.w.emulator;
  const make = () => {
    const made = admin.createApiClient();
    base.w.canary.add(made.secret);
    return made;
  };
  return { ...base, make, works: (key: string, value: string) => admin.edfiLogin(key, value) === "accepted" };
}

const currentOf = (w: CliWorld, name: string) => {
  const secret = madeIn(w).find((one) => one.name === name);
  const current = secret?.versions.find(({ stage }) => stage === "CURRENT");
  return JSON.parse(Buffer.from(current?.content ?? "", "base64").toString() || "{}") as Record<string, string>;
};
const lineOf = (json: Record<string, unknown>, clientId: string) =>
  (json as unknown as Report).clients.find((one) => one.clientId === clientId);

describe("oci-rotate adopt --add", () => {
  test("puts a value of ours beside the one that nobody knows, and both work", async () => {
    const { w, adopt, make, works } = await uaa();
    const shop = make("shop");
    const run = await adopt("--add", "--yes", "--json");
    expect(run.stderr).toBe("");
    expect(outcomes(run.json())).toEqual(["shop adopted"]);
    expect(lineOf(run.json(), "shop")).toMatchObject({ newValue: "add", isProven: true });
    const { clientSecret, ...rest } = currentOf(w, "oauth-shop");
    expect(rest).toEqual({ issuer: "uaa", url: UAA, clientId: "shop" });
    expect([works("shop", clientSecret ?? ""), works("shop", shop.secret)]).toEqual([true, true]);
    const again = await adopt("--add", "--yes", "--json");
    expect(again.exitCode).toBe(0);
    expect(w.emulator.admin.uaaClient("shop").installs).toBe(1);
  });

  test("no version that an application could read ever holds a text for a client secret that does not work", async () => {
    const { w, adopt, make, works } = await uaa();
    make("shop");
    await adopt("--add", "--yes", "--json");
    const contents = madeIn(w).flatMap(({ versions }) =>
      versions.map(({ content }) => JSON.parse(Buffer.from(content, "base64").toString()).clientSecret as unknown),
    );
    expect(contents[0]).toBeNull();
    for (const value of contents) expect(value === null || works("shop", String(value))).toBe(true);
  });

  test("is an express word: without it such a client is skipped, and nothing is sent to change it", async () => {
    const { w, adopt, make } = await uaa();
    make("shop");
    const run = await adopt("--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(lineOf(run.json(), "shop")?.next).toContain("--add");
    expect(madeIn(w)).toEqual([]);
    expect(w.emulator.admin.uaaClient("shop").installs).toBe(0);
  });

  test("--dry-run says for whom, and changes nothing", async () => {
    const { w, adopt, make } = await uaa();
    make("shop");
    const run = await adopt("--add", "--dry-run", "--json");
    expectOnlyReads(run);
    expect(lineOf(run.json(), "shop")).toMatchObject({ newValue: "add", why: expect.stringContaining("not told") });
    expect(madeIn(w)).toEqual([]);
  });

  test("never touches a client that logs in without a secret, or whose grant has no login", async () => {
    const { w, adopt, make, works } = await uaa();
    make("open", { secret: "" });
    make("page", { grantTypes: ["implicit"] });
    const run = await adopt("--add", "--yes", "--json");
    expect(lineOf(run.json(), "open")).toMatchObject({
      outcome: "skipped",
      why: expect.stringContaining("logs in without a secret"),
    });
    expect(lineOf(run.json(), "page")).toBeUndefined();
    expect(works("open", "")).toBe(true);
    expect(["open", "page"].map((id) => w.emulator.admin.uaaClient(id).installs)).toEqual([0, 0]);
    expect(madeIn(w)).toEqual([]);
  });

  test("where two are stored already both live, and the value from the input takes the placeholder's place", async () => {
    const { w, adopt, adoptFrom, make, works } = await uaa();
    const shop = make("shop");
    const { secrets } = w.emulator.admin.uaaClient("shop");
    const [first] = secrets;
    if (first !== undefined) secrets.unshift({ ...first, value: "the-older-one" });
    const run = await adopt("--add", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(lineOf(run.json(), "shop")).toMatchObject({
      outcome: "unfinished",
      why: expect.stringContaining("holds two secrets"),
    });
    const second = await adoptFrom(`clientId,secret\nshop,${shop.secret}\n`, "--yes", "--json");
    expect(second.exitCode).toBe(0);
    expect(currentOf(w, "oauth-shop")["clientSecret"]).toBe(shop.secret);
    expect([works("shop", shop.secret), works("shop", "the-older-one")]).toEqual([true, true]);
  });

  test("a wrong value in the input does not take the placeholder's place, and no new value is made for it", async () => {
    const { w, adoptFrom, make } = await uaa();
    make("shop");
    const run = await adoptFrom("clientId,secret\nshop,wrong-value\n", "--add", "--yes", "--json");
    expect(lineOf(run.json(), "shop")).toMatchObject({ outcome: "skipped" });
    expect(madeIn(w)).toEqual([]);
  });

  test("asks nobody who is not bound: the placeholder waits, the entry is printed, and the next run goes on", async () => {
    const { w, authority, adopt, make, works } = await uaa([]);
    const shop = make("shop");
    const run = await adopt("--add", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    const [secret] = madeIn(w);
    const entry = { client: "shop", secretId: secret?.id };
    expect(run.json()).toMatchObject({ binding: { tag: null, entries: [entry] } });
    expect(lineOf(run.json(), "shop")).toMatchObject({ outcome: "unfinished", secretId: secret?.id });
    expect(w.emulator.admin.uaaClient("shop").installs).toBe(0);
    const text = JSON.parse(w.emulator.admin.content(authority, 1) ?? "{}");
    storeVersion({ ...w, secretId: authority }, { ...text, mayRotate: [entry] }, { stage: "CURRENT" });
    const again = await adopt("--add", "--yes", "--json");
    expect(again.exitCode).toBe(0);
    expect(works("shop", shop.secret)).toBe(true);
  });

  test("--bind adds the missing entries to the authority's secret in one write, and keeps those that are there", async () => {
    const kept = { client: "other", secretId: "ocid1.vaultsecret.oc1.iad.other" };
    const { w, authority, adopt, make, works } = await uaa([kept]);
    const [shop, till] = [make("shop"), make("till")];
    const run = await adopt("--add", "--bind", "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ binding: { entries: [] } });
    const { mayRotate, clientId } = JSON.parse(w.emulator.admin.content(authority, 2) ?? "{}");
    expect(clientId).toBe("admin");
    expect(mayRotate).toEqual([
      kept,
      ...madeIn(w).map(({ id, name }) => ({ client: name.replace("oauth-", ""), secretId: id })),
    ]);
    expect(w.emulator.admin.versions(authority)).toHaveLength(2);
    expect([works("shop", shop.secret), works("till", till.secret)]).toEqual([true, true]);
    await adopt("--add", "--bind", "--yes", "--json");
    expect(w.emulator.admin.versions(authority)).toHaveLength(2);
  });

  test.each(["answer-lost", "server-error-before"] as const)(
    "--bind whose write ends with %s adds each entry once",
    async (kind) => {
      const { w, authority, adopt, make } = await uaa([]);
      make("shop");
      w.emulator.faults.add({ call: "write-pending", kind });
      const run = await adopt("--add", "--bind", "--yes", "--json");
      expect(run.exitCode).toBe(0);
      const newest = w.emulator.admin.versions(authority).length;
      expect(JSON.parse(w.emulator.admin.content(authority, newest) ?? "{}").mayRotate).toHaveLength(1);
    },
  );

  test("a missing right to the tag's namespace ends the run at the first secret, and no other is tried", async () => {
    const { w, adopt, make } = await uaa();
    for (const name of ["shop", "till", "web"]) make(name);
    w.emulator.switches["defined-tags"] = "refused";
    const run = await adopt("--add", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(outcomes(run.json())).toEqual(["shop failed", "till skipped", "web skipped"]);
    expect(lineOf(run.json(), "shop")?.next).toContain("use tag-namespaces");
    expect(madeIn(w)).toEqual([]);
  });

  test("has no --reset beside it for a UAA's client", async () => {
    const { adopt } = await uaa();
    const run = await adopt("--reset", "shop", "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("--reset");
  });
});

describe("oci-rotate adopt --reset", () => {
  test("has a new value made under a claim, for the client that it names and for no other", async () => {
    const { w, adopt, make, works } = await cms();
    const [one, other] = [make(), make()];
    const run = await adopt("--reset", one.key, "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(lineOf(run.json(), one.key)).toMatchObject({ outcome: "adopted", newValue: "reset" });
    expect(lineOf(run.json(), other.key)).toMatchObject({ outcome: "skipped", newValue: null });
    const { clientSecret = "" } = currentOf(w, `oauth-${one.key}`);
    expect([works(one.key, clientSecret), works(one.key, one.secret), works(other.key, other.secret)]).toEqual([
      ...[true, false, true],
    ]);
    const [secret] = madeIn(w);
    expect(secret?.versions.map(({ stage }) => stage)).toEqual(["PREVIOUS", "DEPRECATED", "CURRENT"]);
  });

  test("asks about each, and a no leaves that client as it was", async () => {
    const { w, authority, make, works } = await cms();
    const [one, other] = [make(), make()];
    const answers = ["y", "n", "y"];
    const words = ["--reset", one.key, other.key];
    const run = await w.runWith({ answers }, "adopt", "--authority", authority, ...INTO, ...words);
    expect(run.exitCode).toBe(4);
    expect([works(one.key, one.secret), works(other.key, other.secret)].toSorted()).toEqual([false, true]);
  });

  test("is not needed where the value is known", async () => {
    const { w, adoptFrom, make, works } = await cms();
    const one = make();
    const input = JSON.stringify([{ clientId: one.key, secret: one.secret }]);
    await adoptFrom(input, "--reset", one.key, "--yes", "--json");
    expect(works(one.key, one.secret)).toBe(true);
    expect(currentOf(w, `oauth-${one.key}`)["clientSecret"]).toBe(one.secret);
  });

  test("of a client that is not to be adopted is refused before anything is written", async () => {
    const { w, adopt, make } = await cms();
    make();
    const run = await adopt("--reset", "nobody", "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("nobody");
    expect(madeIn(w)).toEqual([]);
  });

  test.each(["masked", "clear"] as const)(
    "at a domain whose App shows it %s, it is made only if it must be",
    async (shown) => {
      const { w, adopt } = await world({ issuer: "oci-iam", url: DOMAIN, mayRotate: TAG }, ({ emulator: { admin } }) =>
        admin.createApp({ admin: true }),
      );
      const shop = w.emulator.admin.createApp({ clientId: "shop" });
      w.canary.add(shop.secret);
      w.emulator.switches["app-read-back"] = shown;
      const run = await adopt("--reset", "shop", "--yes", "--json");
      expect(run.stderr).toBe("");
      expect(lineOf(run.json(), "shop")).toMatchObject({ outcome: "adopted", isProven: true });
      expect(w.emulator.admin.app("shop").mints).toBe(shown === "masked" ? 1 : 0);
    },
  );
});
