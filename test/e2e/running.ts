import { afterAll, beforeAll, expect } from "vitest";
import { leaks, secretsOf } from "./canary.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

/** A process of the built function, and the cloud that it works in. */
export interface Running {
  readonly image: Image;
  readonly cloud: Cloud;
  readonly fn: RunningFunction;
}

/**
 * One for all tests of a file or a `describe`: filled before the first of them. After the last one nothing stands on stderr, and no secret
 * in the log.
 */
export function useRunningFunction(secrets = ({ emulator }: Cloud) => secretsOf(emulator.state)): Running {
  const running = {} as { image: Image; cloud: Cloud; fn: RunningFunction };
  beforeAll(async () => {
    running.image = openImage();
    running.cloud = await openCloud();
    running.fn = await startFunction(running.image, running.cloud.environment());
  });
  afterAll(async () => {
    const { image, cloud, fn } = running;
    const { stdout, stderr } = await fn.stop();
    await cloud.close();
    await image.remove();
    expect(stderr).toEqual([]);
    expect(leaks(stdout, secrets(cloud))).toBe(0);
  });
  return running;
}
