import { singleFaults } from "./single-faults.suite.ts";
import { KNOWN } from "./single-faults.ts";

for (const expected of KNOWN) singleFaults("whole", expected);
