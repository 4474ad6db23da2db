import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const COMPARTMENT = "ocid1.compartment.oc1..emulatedcompartment";

describe("the list of work requests", () => {
  const rotated = () => {
    const made = setUp();
    const other = made.emulator.admin.createSecret({ name: "other", content: "x", functionId: made.functionId });
    const ids = [made.secretId, other].map((id) => made.emulator.admin.rotate(id));
    const list = (query: string) => made.send("GET", `/20160918/workRequests?${query}`);
    return { ...made, other, ids, list };
  };

  it("holds those of a compartment, newest first, without their resources", async () => {
    const { list, ids } = rotated();
    const answer = await list(`compartmentId=${COMPARTMENT}`);
    expect(answer.status).toBe(200);
    expect(answer.list.map(({ id }) => id)).toEqual([...ids].reverse());
    expect(answer.list[0]).toEqual({
      id: ids[1],
      operationType: "ROTATE_SECRET",
      status: "ACCEPTED",
      compartmentId: COMPARTMENT,
      percentComplete: 0,
      timeAccepted: expect.any(String),
    });
    expect((await list("compartmentId=another")).list).toEqual([]);
  });

  it("may be narrowed to a resource and comes in pages", async () => {
    const { list, ids, other } = rotated();
    const one = await list(`compartmentId=${COMPARTMENT}&resourceId=${other}`);
    expect(one.list.map(({ id }) => id)).toEqual([ids[1]]);
    const first = await list(`compartmentId=${COMPARTMENT}&limit=1`);
    expect(first.list.map(({ id }) => id)).toEqual([ids[1]]);
    const next = await list(`compartmentId=${COMPARTMENT}&limit=1&page=${first.headers["opc-next-page"]}`);
    expect(next.list.map(({ id }) => id)).toEqual([ids[0]]);
    expect(next.headers["opc-next-page"]).toBeUndefined();
  });

  it("wants a compartment and a limit that is a number", async () => {
    const { list } = rotated();
    expect(await list("")).toMatchObject({ status: 400, json: { code: "MissingParameter" } });
    expect(await list(`compartmentId=${COMPARTMENT}&limit=x`)).toMatchObject({
      status: 400,
      json: { code: "InvalidParameter" },
    });
  });

  it("is absent where rotations are not found as work requests", async () => {
    const { list, emulator } = rotated();
    emulator.switches["work-requests"] = "absent";
    expect(await list(`compartmentId=${COMPARTMENT}`)).toMatchObject({ status: 200, body: "[]" });
  });
});
