import { describe, expect, it } from "vitest";
import { shownCode } from "../../../src/consumer/codes.ts";
import { describe as describeThrown } from "../../../src/consumer/errors.ts";

describe("What is shown of a code", () => {
  it.each([100, 404, 599])("is a status of HTTP as it is: %d", (status) => {
    expect(shownCode(status)).toBe(String(status));
  });

  it.each([99, 600, 404.5, Number.NaN, true, null, undefined, ""])("is nothing of what is none: %s", (value) => {
    expect(shownCode(value)).toBeNull();
  });

  it("is a known code as it is, and of any other text the length alone", () => {
    expect(shownCode("ECONNRESET")).toBe("ECONNRESET");
    expect(shownCode("404")).toBe("an error code of 3 characters");
  });
});

describe("What is told of an error", () => {
  it.each([undefined, null, "404", 404, {}])("is nothing where it has no code: %s", (thrown) => {
    expect(describeThrown(thrown)).toBe("");
  });

  it("is what can be read of it, each once, where another member throws", () => {
    const thrown = {
      status: 404,
      code: "NotFound",
      get statusCode() {
        throw new Error("unreadable");
      },
      serviceCode: "NotFound",
    };
    expect(describeThrown(thrown)).toBe(" (404 NotFound)");
  });
});
