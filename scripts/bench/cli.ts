/** `npm run bench -- --cli`: the figures of the command line, one file each. */
import { type RotateAllFigures, rotateAllFigures } from "./cli-rotate-all.ts";
import { type ScanFigures, scanFigures } from "./cli-scan.ts";

export interface CliFigures extends ScanFigures {
  readonly rotateAll: RotateAllFigures;
}

export async function cliFigures(): Promise<CliFigures> {
  const rotateAll = await rotateAllFigures();
  return { rotateAll, ...(await scanFigures()) };
}

export function cliLines({ rotateAll, scanMs, scanRatio, rssGrowthMb }: CliFigures): string[] {
  const { secrets, lost, share429, ratio, minutes } = rotateAll;
  return [
    `scan of 1,000 secrets, 30 ms a call     ${scanMs} ms, ${scanRatio} times the start of the command`,
    `its resident memory from 1,000 to 5,000 +${rssGrowthMb} MB`,
    `rotate --all-due, ${secrets} secrets, a Free domain: lost ${lost}, answered 429 ${(share429 * 100).toFixed(2)} %`,
    `in ${minutes} virtual minutes, ${ratio} times what the domain's limit makes necessary`,
  ];
}
