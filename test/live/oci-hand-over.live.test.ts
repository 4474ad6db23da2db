/** The Python recipe of docs/hand-over.md, as it stands there, opens what `oci-rotate hand-over` has made. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportJWK } from "jose";
import { expect, inject, it } from "vitest";
import { fetchHandOverRecipe } from "../../scripts/live/python-recipes.ts";
import { ROOT } from "../../scripts/run.ts";
import { useCli } from "../support/cli.ts";

const cli = useCli();
const guide = readFileSync(path.join(ROOT, "docs", "hand-over.md"), "utf8");
const recipe = /^```python\n([\s\S]+?)^```/m.exec(guide)?.[1] ?? "";

it.each(["rsa", "ec"] as const)("the Python recipe of the document opens a message for an %s key", async (kind) => {
  const { publicKey, privateKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { bin } = inject("oci");
  const w = await cli();
  const file = (name: string, text: string) => {
    writeFileSync(path.join(w.home, name), text);
    return path.join(w.home, name);
  };
  const to = file("public.jwk", JSON.stringify(await exportJWK(publicKey)));
  const key = file("private.jwk", JSON.stringify(await exportJWK(privateKey)));
  const message = path.join(w.home, "message.jwe");
  await w.run("hand-over", w.secretId, "--to", to, "--out", message);
  const script = file("open.py", recipe);
  const stored = JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "{}");
  const PYTHONPATH = fetchHandOverRecipe(bin);
  const env = { ...process.env, PYTHONPATH };
  const printed = execFileSync(path.join(bin, "python3"), [script, key, message], { encoding: "utf8", env });
  expect(JSON.parse(printed)).toMatchObject({ client_id: stored.clientId, client_secret: stored.appSecret });
});
