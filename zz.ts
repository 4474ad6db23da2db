import { createWorld } from "./test/support/world.ts";
console.warn = () => {};
let w = await createWorld({ switches: { "updating-polls": 1 } });
for (const a of await w.steps()) console.log(JSON.stringify(a));
let calls = w.calls(); console.log(calls.length, calls.join(" "));
console.log(w.emulator.admin.versions(w.secretId).map(v => `${v.number} ${v.name} ${v.versionStages}`));
console.log(w.emulator.violations);
w = await createWorld({ switches: { "updating-polls": 1 } });
console.log(JSON.stringify(await w.call({secretId: w.secretId})));
calls = w.calls(); console.log(calls.length, calls.join(" "));
console.log(JSON.stringify(await w.call({secretId: w.secretId, action: "heal"})));
calls = w.calls(); console.log(calls.length, calls.join(" "));
for (const [sw, fault] of [["refuses", null],["keeps-both",null],["deprecates","answer-lost"],["deprecates","server-error-after"]] as const) {
  for (const rb of ["clear","masked"] as const) {
  w = await createWorld({ switches: { "updating-polls": 1, "second-pending": sw as any, "app-read-back": rb } });
  if (fault) w.emulator.faults.add({call: "regenerate", kind: fault as any});
  console.log("----", sw, fault, rb);
  for (const a of await w.steps()) console.log(a.returnMessage, a.versionNo);
  console.log(w.calls().join(" "));
  console.log(w.emulator.admin.versions(w.secretId).map(v => `${v.number} ${v.name} ${v.versionStages}`));
  for (const a of await w.steps()) console.log(a.returnMessage, a.versionNo);
  console.log(w.emulator.admin.versions(w.secretId).map(v => `${v.number} ${v.name} ${v.versionStages}`));
  console.log(JSON.stringify(await w.call({secretId: w.secretId, action: "heal"})));
  }
}
for (const l of w.log.slice(0)) if (l.event === "internal-error") console.log(JSON.stringify(l));
