import "../../../src/base/silence.ts";
import { serveUnits } from "../serve-units.ts";
import { runAdversaryUnit } from "./unit.ts";

serveUnits(runAdversaryUnit);
