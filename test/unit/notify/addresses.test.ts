import { expect, test } from "vitest";
import { isPublicAddress } from "../../../src/notify/addresses.ts";

test.each(["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "2a00:1450:4001::1"])(
  "%s is public",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ["this host", "0.0.0.0"],
  ["private", "10.1.2.3"],
  ["private", "172.16.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["shared by a carrier", "100.64.0.1"],
  ["loopback", "127.0.0.1"],
  ["loopback", "127.255.0.1"],
  ["the metadata service", "169.254.169.254"],
  ["of Oracle's own services", "192.0.0.192"],
  ["for documentation", "203.0.113.9"],
  ["for benchmarks", "198.19.0.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["unspecified", "::"],
  ["loopback", "::1"],
  ["loopback in another notation", "::ffff:127.0.0.1"],
  ["public, but mapped", "::ffff:1.1.1.1"],
  ["compatible with IPv4", "::127.0.0.1"],
  ["unique local", "fd00::1"],
  ["the metadata service", "fd00:c1::a9fe:a9fe"],
  ["link-local", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["multicast", "ff02::1"],
  ["translated", "64:ff9b::7f00:1"],
  ["a tunnel", "2002:7f00:1::"],
  ["Teredo", "2001:0:1::"],
  ["for documentation", "2001:db8::1"],
  ["a name", "localhost"],
  ["nothing", ""],
  ["short for an address", "127.1"],
])("an address that is %s (%s) is not public", (_what, address) => {
  expect(isPublicAddress(address)).toBe(false);
});
