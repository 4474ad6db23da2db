import { createSocket, type RemoteInfo } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { createResolve } from "../../../src/notify/resolver.ts";
import { useLoopback } from "../../support/loopback.ts";

useLoopback();

const A = 1;
const AAAA = 28;
const NAME_AT = 12;

/** A name server on loopback. @param answers addresses as bytes by the type of the question; null: it never answers */
async function nameServer(answers: Readonly<Record<number, readonly (readonly number[])[]>> | null): Promise<string> {
  const socket = createSocket("udp4");
  onTestFinished(() => {
    socket.close();
  });
  socket.on("message", (query: Buffer, from: RemoteInfo) => {
    if (answers === null) return;
    // The question (RFC 1035) is a name, ended by an empty label, then its type and class.
    const end = query.indexOf(0, NAME_AT) + 5;
    const found = answers[query.readUInt16BE(end - 4)] ?? [];
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, found.length, 0, 0, 0, 0]);
    const records = found.map((address) => {
      const about = [0xc0, NAME_AT, ...query.subarray(end - 4, end), 0, 0, 0, 1, 0, address.length];
      return Buffer.from([...about, ...address]);
    });
    socket.send(Buffer.concat([header, query.subarray(NAME_AT, end), ...records]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return `127.0.0.1:${socket.address().port}`;
}

test("a name has the addresses of both kinds", async () => {
  const six = [0x26, 0x06, 0x28, ...Array.from({ length: 12 }, () => 0), 1];
  const server = await nameServer({
    [A]: [
      [93, 184, 216, 34],
      [10, 0, 0, 1],
    ],
    [AAAA]: [six],
  });
  const addresses = await createResolve([server])("hooks.example.org");
  expect([...addresses].sort()).toEqual(["10.0.0.1", "2606:2800::1", "93.184.216.34"]);
});

test("a name may have addresses of one kind alone, or none", async () => {
  const one = await nameServer({ [A]: [[93, 184, 216, 34]] });
  expect(await createResolve([one])("hooks.example.org")).toEqual(["93.184.216.34"]);
  expect(await createResolve([await nameServer({})])("hooks.example.org")).toEqual([]);
});

test("names whose servers never answer keep nobody else from resolving", async () => {
  // Each lookup of the system's holds one of the process's few threads until its servers answer.
  const threadsHeld = () => process.getActiveResourcesInfo().filter((kind) => kind === "GetAddrInfoReqWrap").length;
  const before = threadsHeld();
  const resolve = createResolve([await nameServer(null)]);
  for (let index = 0; index < 20; index++) void resolve(`h${index}.example.org`);
  expect(threadsHeld()).toBe(before);
  const looking = lookup("localhost");
  expect(threadsHeld()).toBe(before + 1);
  await looking;
});
