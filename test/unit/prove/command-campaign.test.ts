import { expect, test } from "vitest";
import { runCommandCampaign } from "../../prove/command-campaign.ts";
import type { CommandUnit } from "../../prove/command-unit.ts";
import { type Kill, killEach } from "../../prove/kill-each.ts";

const liveness = { units: 4, rotations: 3 };
const figures = { kills: 3, lost: 0, twice: 1, unfinished: 2, leaks: 0, liveness, problems: ["a problem"] };

test("Both commands are killed in each of their set-ups, and what came of it is added up for each", async () => {
  const done: CommandUnit[] = [];
  const campaign = await runCommandCampaign(7, (units, onDone) => {
    for (const unit of units) {
      done.push(unit);
      onDone(unit, unit.command === "rotate" ? figures : { ...figures, misled: 5 });
    }
    return Promise.resolve();
  });
  expect(done.map(({ command, name, seed }) => `${command} ${name} ${seed}`)).toEqual([
    "rotate read-back 7",
    "rotate token-lives 7",
    "adopt read-back 7",
    "adopt revive 7",
    "adopt add 7",
    "adopt reset 7",
    "adopt reset-second-pending-refused 7",
  ]);
  const sum = (n: number) => ({ kills: 3 * n, lost: 0, twice: n, unfinished: 2 * n, leaks: 0 });
  const problems = (n: number) => ({ problems: Array.from({ length: n }, () => "a problem") });
  expect(campaign).toEqual({
    rotate: { ...sum(2), liveness: { units: 8, rotations: 6 }, ...problems(2) },
    adopt: { ...sum(5), misled: 25, liveness: { units: 20, rotations: 15 }, ...problems(5) },
  });
});

test("A command is run once whole, and killed before and after the effect of each of its requests", async () => {
  const kills: (Kill | null)[] = [];
  let isOpen = true;
  const trial = {
    id: "rotate/some",
    run: (kill: Kill | null) => {
      kills.push(kill);
      const isBad = kill?.at === 1;
      return Promise.resolve({
        found: isBad ? ([["lost", "it is lost"]] as const) : [],
        requests: kill === null ? ["regenerate", "promote"] : [],
      });
    },
    close: () => {
      isOpen = false;
    },
  };
  expect(await killEach(trial, { lost: 0 })).toEqual({
    kills: 4,
    lost: 2,
    liveness: { units: 5, rotations: 3 },
    problems: ["rotate/some/promote#1:killed-before: it is lost", "rotate/some/promote#1:killed-after: it is lost"],
  });
  expect(kills).toEqual([
    null,
    { at: 0, kind: "killed-before" },
    { at: 0, kind: "killed-after" },
    { at: 1, kind: "killed-before" },
    { at: 1, kind: "killed-after" },
  ]);
  expect(isOpen).toBe(false);
});
