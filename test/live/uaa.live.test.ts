import { describeUaa } from "../contract/uaa.suite.ts";
import { openRealUaa } from "./uaa-under-test.ts";

describeUaa("the real server", async () => openRealUaa());
