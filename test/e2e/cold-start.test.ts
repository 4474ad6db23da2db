import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fakeResourcePrincipal } from "../../scripts/image/principal.ts";
import { functionImage, mirrorImage } from "../support/image-files.ts";
import { openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { CACHE, type Image, openImage } from "./image.ts";

/** The files of compiled code, and there must be some. */
function filesIn(cache: string): string[] {
  const files = readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  expect(files).not.toEqual([]);
  return files;
}

function changeBytes(cache: string, change: (bytes: Buffer) => Buffer): void {
  for (const file of filesIn(cache)) writeFileSync(file, change(readFileSync(file)));
}

function open(cache: ((folder: string) => void) | undefined, files = functionImage()): Image {
  const image = openImage(files, cache);
  onTestFinished(() => image.remove());
  return image;
}

/** What Node says of the compiled code at a start. */
function saidOf(image: Image): string {
  const { stdout, stderr } = spawnSync(image.node, [image.bundle], {
    ...image.user,
    cwd: path.dirname(image.bundle),
    // The FDK refuses this format and ends the process.
    env: { NODE_DEBUG_NATIVE: "COMPILE_CACHE", FN_FORMAT: "none" },
    encoding: "utf8",
  });
  return `${stdout}${stderr}`;
}

const ACCEPTED = /main\.js was accepted/;

/** @param responseCode to what is no event; the mirror takes it for a callback like any other */
async function answers(image: Image, environment: Record<string, string> = {}, responseCode = 400): Promise<void> {
  const fn: RunningFunction = await startFunction(image, { ...fakeResourcePrincipal(), ...environment });
  const { json } = await fn.call("no event");
  expect(json["responseCode"]).toBe(responseCode);
  const { stderr } = await fn.stop();
  expect(stderr).toEqual([]);
}

describe("a process that starts with compiled code", () => {
  it("rotates as ever", async () => {
    const image = open((cache) => filesIn(cache));
    const cloud = await openCloud();
    const fn = await startFunction(image, cloud.environment());
    try {
      expect((await fn.call({ secretId: cloud.secretId })).json["responseCode"]).toBe(200);
      expect(cloud.current(cloud.secretId).login).toBe("accepted");
    } finally {
      await fn.stop();
      await cloud.close();
    }
  });
});

describe("a start with the code that the image's build compiled", () => {
  /** One image for the changes to it; it is compiled once, and `compiled` is how it was then. */
  let image: Image;
  const compiled = mkdtempSync(path.join(tmpdir(), "compiled-"));
  beforeAll(() => {
    image = openImage(functionImage(), (cache) => cpSync(path.dirname(cache), compiled, { recursive: true }));
  });
  afterAll(async () => {
    await image.remove();
    rmSync(compiled, { recursive: true });
  });

  it.each([
    ["the function", functionImage, 400],
    ["the mirror", mirrorImage, 200],
  ])("of %s uses it, and answers", async (_name, files, responseCode) => {
    const image = open((cache) => filesIn(cache), files());
    expect(saidOf(image)).toMatch(ACCEPTED);
    await answers(image, {}, responseCode);
  });

  it.each<[string, (cache: string) => void]>([
    [
      "with a flipped byte in the middle",
      (cache) =>
        changeBytes(cache, (bytes) => {
          const middle = bytes.length >> 1;
          bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
          return bytes;
        }),
    ],
    [
      "with a flipped byte at its head",
      (cache) =>
        changeBytes(cache, (bytes) => {
          bytes.writeUInt8(bytes.readUInt8(0) ^ 0xff, 0);
          return bytes;
        }),
    ],
    [
      "cut in half",
      (cache) => {
        for (const file of filesIn(cache)) truncateSync(file, readFileSync(file).length >> 1);
      },
    ],
    ["emptied", (cache) => changeBytes(cache, () => Buffer.alloc(0))],
    [
      "of another Node",
      (cache) => {
        for (const name of readdirSync(cache)) renameSync(path.join(cache, name), path.join(cache, "v18.0.0-x64-0-0"));
      },
    ],
    [
      "of another bundle",
      (cache) => {
        const main = path.join(path.dirname(cache), "main.js");
        writeFileSync(main, `${readFileSync(main, "utf8")}\n// another\n`);
      },
    ],
    ["taken away", (cache) => rmSync(cache, { recursive: true })],
    [
      "that is a file instead of a folder",
      (cache) => {
        rmSync(cache, { recursive: true });
        writeFileSync(cache, "");
      },
    ],
  ])("%s does not use it, and answers", async (_name, change) => {
    image.change((folder) => {
      for (const entry of readdirSync(folder)) rmSync(path.join(folder, entry), { recursive: true });
      cpSync(compiled, folder, { recursive: true });
      change(path.join(folder, CACHE));
    });
    expect(saidOf(image)).not.toMatch(ACCEPTED);
    await answers(image);
  });

  it("that Node is told not to use answers", async () => {
    await answers(image, { NODE_DISABLE_COMPILE_CACHE: "1" });
  });
});
