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

/** Next to the first and behind the last address of a range that is not public there are public ones. */
test.each([
  ["9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"],
  ["100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"],
  ["126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"],
  ["169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"],
  ["172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"],
  ["191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"],
  ["192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"],
  ["192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"],
  ["192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"],
  ["198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"],
  ["198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"],
  ["203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"],
  ["2000:ffff::1", "2001::", "2001:1ff:ffff::1", "2001:200::"],
  ["2001:db7:ffff::1", "2001:db8::", "2001:db8:ffff::1", "2001:db9::"],
  ["2001:ffff::1", "2002::", "2002:ffff::1", "2003::"],
  ["3ffe:ffff::1", "3fff::", "3fff:fff:ffff::1", "3fff:1000::"],
])("%s is public, %s to %s is not, %s is", (before, first, last, behind) => {
  expect([before, first, last, behind].map(isPublicAddress)).toEqual([true, false, false, true]);
});

test.each([
  ["below 1.0.0.0", "0.255.255.255", "1.0.0.0"],
  ["from 224.0.0.0", "224.0.0.0", "223.255.255.255"],
  ["below 2000::", "1fff:ffff::1", "2000::1"],
  ["from 4000::", "4000::", "3fff:1000::1"],
])("nothing %s is public", (_what, inside, outside) => {
  expect([inside, outside].map(isPublicAddress)).toEqual([false, true]);
});
