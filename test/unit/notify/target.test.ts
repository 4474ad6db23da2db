import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import { type Resolve, targetOf } from "../../../src/notify/target.ts";
import { expectFailure } from "../../support/failures.ts";

const never: Resolve = () => Promise.reject(new Error("the name was resolved"));
const resolveTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses;
const target = (url: string, resolve: Resolve, hosts?: string) =>
  targetOf(new URL(url), parseSettings(hosts === undefined ? {} : { OROT_NOTIFY_HOSTS: hosts }), resolve);

describe("without a list of hosts", () => {
  test("the address of a public host is the one that is connected to", async () => {
    expect(await target("https://a.example.org/", resolveTo("93.184.216.34"))).toEqual({ address: "93.184.216.34" });
  });

  test("an address of IPv4 comes first", async () => {
    const resolve = resolveTo("2606:2800:220:1::1", "93.184.216.34");
    expect(await target("https://a.example.org/", resolve)).toEqual({ address: "93.184.216.34" });
  });

  test("an address that needs no name is taken as it is", async () => {
    expect(await target("https://[2606:2800:220:1::1]:8443/", never)).toEqual({ address: "2606:2800:220:1::1" });
  });

  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "http://[::1]:80/",
    "http://169.254.169.254/",
  ])("an address that is not public is refused: %s", async (url) => {
    const { nextAction } = await expectFailure(() => target(url, never), "SUBSCRIBER_INVALID", "not public");
    expect(nextAction).toBe("name its host in OROT_NOTIFY_HOSTS, or name another endpoint");
  });

  test.each([["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["93.184.216.34", "fd00::1"]])(
    "a name with an address that is not public is refused: %s %s",
    async (...addresses) => {
      await expectFailure(
        () => target("https://a.example.org/", resolveTo(...addresses)),
        "SUBSCRIBER_INVALID",
        "not public",
      );
    },
  );

  test.each([
    ["nothing", resolveTo()],
    ["an error", never],
  ] as const)("a name that resolves to %s is refused", async (_what, resolve) => {
    const register = () => target("https://a.example.org/", resolve);
    const { nextAction } = await expectFailure(register, "SUBSCRIBER_INVALID", "no address");
    expect(nextAction).toBe("check the host's name, and that the function's network resolves it");
  });
});

describe("with a list of hosts", () => {
  test.each([
    ["https://hooks.example.org/x", "hooks.example.org"],
    ["https://hooks.example.org:8443/x", "hooks.example.org"],
    ["https://hooks.example.org/x", "other.example.org, hooks.example.org:443"],
    ["http://hooks.example.org/x", "hooks.example.org:80"],
    ["http://127.0.0.1:8080/", "127.0.0.1:8080"],
    ["http://[::1]:8080/", "[::1]"],
  ])("%s is sent to where %s is, wherever that is", async (url, hosts) => {
    expect(await target(url, never, hosts)).toEqual({ address: null });
  });

  test.each([
    ["https://a.example.org/", "hooks.example.org"],
    ["https://a.hooks.example.org/", "hooks.example.org"],
    ["https://hooks.example.org:8443/", "hooks.example.org:443"],
    ["http://hooks.example.org/", "hooks.example.org:443"],
    ["https://hooks.example.org.evil.example/", "hooks.example.org"],
  ])("%s is refused beside %s, and nobody resolves it", async (url, hosts) => {
    const register = () => target(url, never, hosts);
    const { nextAction } = await expectFailure(register, "SUBSCRIBER_INVALID", "OROT_NOTIFY_HOSTS");
    expect(nextAction).toBe("add its host to OROT_NOTIFY_HOSTS, or name another endpoint");
  });
});
