#!/usr/bin/env node
// The command. It imports nothing before it has checked that this Node can load the rest.
const REQUIRED = [22, 18] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `error: oci-rotate needs Node ${REQUIRED.join(".")} or newer and found ${process.versions.node} at ${process.execPath}.\n` +
      "next:  install a newer Node, or run it in a clone with npm run oci-rotate.\n",
  );
  process.exitCode = 1;
} else {
  await import("./main.ts");
}
