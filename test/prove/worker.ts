import "../../src/base/silence.ts";
import { serveUnits } from "./serve-units.ts";
import { runUnit } from "./unit.ts";

serveUnits(runUnit);
