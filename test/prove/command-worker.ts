import "../../src/base/silence.ts";
import { runCommandUnit } from "./command-unit.ts";
import { serveUnits } from "./serve-units.ts";

serveUnits(runCommandUnit);
