import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { functionImage, layOutImage, mirrorImage, readImage } from "../../support/image-files.ts";

const ENTRYPOINT = ["env", "-u", "NODE_DEBUG", "-u", "NODE_DEBUG_NATIVE", "node", "func.js"];

test("the images start without what would have Node print the network", () => {
  const [program = "", ...rest] = ENTRYPOINT.slice(0, -1);
  const env = { ...process.env, NODE_DEBUG: "http", NODE_DEBUG_NATIVE: "http2", KEPT: "yes" };
  const script = "JSON.stringify([process.env.NODE_DEBUG, process.env.NODE_DEBUG_NATIVE, process.env.KEPT])";
  const { stdout } = spawnSync(program, [...rest, "-p", script], { env });
  expect(stdout.toString().trim()).toBe('[null,null,"yes"]');
});

const NAMES = ["func.js", "jose.js", "main.js", "nodemailer.js", "warm-up.js", "LICENSES.txt", "main.js.LEGAL.txt"];

test("the image holds the bundle, the licences and the mark that it is CommonJS, warms it up and starts func.js", () => {
  expect(functionImage()).toEqual({
    files: [...NAMES, "package.json"].map((name) => `dist/function/${name}`),
    warmUp: ["node", "warm-up.js"],
    entrypoint: ENTRYPOINT,
  });
});

test("the mirror's image holds the same of the mirror, which sends no mail and signs no token", () => {
  const names = NAMES.filter((name) => name !== "jose.js" && name !== "nodemailer.js");
  expect(mirrorImage()).toEqual({
    files: [...names, "package.json"].map((name) => `dist/mirror/${name}`),
    warmUp: ["node", "warm-up.js"],
    entrypoint: ENTRYPOINT,
  });
});

test("a laid out image holds exactly these files", () => {
  const image = layOutImage();
  onTestFinished(() => {
    image.remove();
    expect(existsSync(image.folder)).toBe(false);
  });
  expect(readdirSync(image.folder).sort()).toEqual([...NAMES, "package.json"].sort());
});

test("a stage that copies from elsewhere is refused", () => {
  const stage = (copy: string) =>
    `FROM a AS build\nFROM b AS warm\nWORKDIR /function\n${copy}\nFROM b\nCOPY --from=warm /function /function\nENTRYPOINT ["node", "func.js"]\n`;
  expect(readImage(stage("COPY --from=build /build/x.js /function/")).files).toEqual(["x.js"]);
  for (const copy of [
    "COPY . /function/",
    "COPY --from=other /build/x.js /function/",
    "COPY --from=build /etc/x /function/",
    "",
  ]) {
    expect(() => readImage(stage(copy))).toThrow();
  }
});
