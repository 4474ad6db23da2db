import { describe, expect, it } from "vitest";
import { findOrCreate } from "../../../src/mirror/keep.ts";
import { Secret } from "../../../src/secret.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const NAME = "ces.abc123.W.schema.APP";
const free = () => Promise.resolve();
const wanted = (text: string) => ({
  secretName: NAME,
  content: new Secret(Buffer.from(text).toString("base64")),
  description: "mirrored",
});

describe("Finding the secret of a name", () => {
  it("passes over one that has been deleted, and makes a new one", async () => {
    const { begin, addSecret, emulator } = createMirrorRig();
    const gone = addSecret(NAME);
    const call = await begin();
    emulator.admin.secret(gone).lifecycle = "DELETED";
    // A vault that lists what is deleted, and gives its name to another secret.
    const made = { ...emulator.admin.secret(addSecret("another")), name: NAME, id: "ocid1.vaultsecret.oc1..new" };
    emulator.state.vault.secrets[made.id] = { ...made, createdAt: made.createdAt - 1 };
    expect(await findOrCreate(call, wanted("x"), free)).toBe("ocid1.vaultsecret.oc1..new");
  });

  it("waits for the list to show the secret that was made just now", async () => {
    const { begin, emulator, clock } = createMirrorRig();
    const call = await begin();
    const { directory } = call;
    const startedAt = clock.now();
    const late = {
      ...directory,
      async *secrets(filter: Parameters<typeof directory.secrets>[0]) {
        for await (const secret of directory.secrets(filter)) if (clock.now() - startedAt > 5_000) yield secret;
      },
    };
    const secretId = await findOrCreate({ ...call, directory: late }, wanted("x"), free);
    expect(emulator.admin.secret(secretId).name).toBe(NAME);
    expect(emulator.requests.filter(({ call: name }) => name === "create-secret")).toHaveLength(1);
  });
});
