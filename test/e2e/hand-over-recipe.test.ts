import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportJWK } from "jose";
import { afterEach, expect, test } from "vitest";
import { useCli } from "../support/cli.ts";

const cli = useCli();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The first block of this language in the document. */
function recipe(language: string): string {
  const text = readFileSync("docs/hand-over.md", "utf8");
  const found = new RegExp(`^\`\`\`${language}\n([\\s\\S]+?)^\`\`\``, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`docs/hand-over.md has no block of ${language}`);
  return found;
}

test.each(["rsa", "ec"] as const)("the Node recipe of the document opens a message for an %s key", async (kind) => {
  const { publicKey, privateKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const w = await cli();
  // Beside the modules that the recipe imports.
  const folder = mkdtempSync(path.join(process.cwd(), "node_modules", ".hand-over-"));
  folders.push(folder);
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const to = file("public.jwk", JSON.stringify(await exportJWK(publicKey)));
  const key = file("private.jwk", JSON.stringify(await exportJWK(privateKey)));
  const message = path.join(folder, "message.jwe");
  await w.run("hand-over", w.secretId, "--to", to, "--out", message);
  const script = file("open.mjs", recipe("js"));
  const stored = JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "{}");
  const inside = JSON.parse(
    execFileSync(process.execPath, [script, key, message], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  expect(inside).toMatchObject({ client_id: stored.clientId, client_secret: stored.appSecret });
});
