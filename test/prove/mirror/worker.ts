import "../../../src/base/silence.ts";
import { serveUnits } from "../serve-units.ts";
import { runMirrorUnit } from "./unit.ts";

serveUnits(runMirrorUnit);
