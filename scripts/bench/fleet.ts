/** `npm run bench -- --fleet`: a fleet at an identity domain, from its list of clients to rotations on the function's own clock. */
import { type AdoptFigures, adoptFigures, type ClientsFigures } from "./fleet/adopt.ts";
import { type RotateDueFigures, rotateDueFigures } from "./fleet/rotate-due.ts";

export interface FleetFigures {
  readonly clients: ClientsFigures;
  readonly adopt: AdoptFigures;
  readonly rotateDue: RotateDueFigures;
}

export async function fleetFigures(): Promise<FleetFigures> {
  return { ...(await adoptFigures()), rotateDue: await rotateDueFigures() };
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

export function fleetLines({ clients, adopt, rotateDue }: FleetFigures): string[] {
  return [
    `clients lists ${clients.listed} clients of a Free identity domain in ${clients.seconds} virtual seconds`,
    `adopt of ${adopt.clients}: ${adopt.adopted} adopted, ${adopt.proven} proven, ${adopt.bound} bound, ${adopt.lost} lost; answered 429 ${percent(adopt.share429)}`,
    `in ${adopt.ratio} times what the domain's limit makes necessary`,
    `rotate-due of ${rotateDue.secrets}: ${rotateDue.rotated} rotated, ${rotateDue.twice} twice; answered 429 ${percent(rotateDue.share429)}`,
    `in ${rotateDue.calls} calls, ${rotateDue.minutes} virtual minutes, ${rotateDue.ratio} times what the domain's limit makes necessary`,
  ];
}
