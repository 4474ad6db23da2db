import { describe, expect, it } from "vitest";
import { Headers as Fields } from "../../../../src/clients/http/sdk-headers.ts";

type Step = (headers: Pick<Headers, "append" | "set">) => void;

describe("the header fields of the SDK's requests", () => {
  it.each<[string, Step]>([
    ["none", () => undefined],
    ["one that is appended", (headers) => headers.append("opc-request-id", "A1")],
    [
      "one that is appended twice",
      (headers) => {
        headers.append("If-Match", "a");
        headers.append("if-match", "b");
      },
    ],
    [
      "one that is set after it was appended",
      (headers) => {
        headers.append("x-date", "yesterday");
        headers.set("X-Date", "today");
      },
    ],
    [
      "several",
      (headers) => {
        headers.set("host", "vaults.example.org");
        headers.append("accept", "application/json");
        headers.set("authorization", 'Signature version="1"');
      },
    ],
  ])("are those of fetch's Headers after %s", (_name, step) => {
    const [ours, fetchs] = [new Fields(), new Headers()];
    for (const headers of [ours, fetchs]) step(headers);
    expect(Object.fromEntries(ours.entries())).toEqual(Object.fromEntries(fetchs.entries()));
    for (const name of ["If-Match", "x-DATE", "host", "absent"]) {
      expect([ours.get(name), ours.has(name)]).toEqual([fetchs.get(name), fetchs.has(name)]);
    }
  });

  it.each([
    ["a line end in a value", "if-match", "a\r\nx-evil: 1"],
    ["a NUL in a value", "if-match", "a\0"],
    ["a blank in a name", "if match", "a"],
    ["no name", "", "a"],
  ])("take no header with %s", (_name, name, value) => {
    for (const headers of [new Fields(), new Headers()]) {
      expect(() => headers.append(name, value)).toThrow(TypeError);
      expect(() => headers.set(name, value)).toThrow(TypeError);
    }
  });
});
