import { expect, it, vi } from "vitest";
import { onFirstUse } from "../../../src/base/on-first-use.ts";

it("makes nothing before it is asked, and then one thing for all who ask", () => {
  const make = vi.fn(() => ({}));
  const made = onFirstUse(make);
  expect(make).not.toHaveBeenCalled();
  expect(made()).toBe(made());
  expect(make).toHaveBeenCalledOnce();
});
