// Plain JavaScript, because it must also run on the old Node that it complains about.
const REQUIRED = [22, 18];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  console.error(
    `oci-rotate needs Node ${REQUIRED.join(".")} or newer and found ${process.versions.node} at ${process.execPath}: ` +
      "run npm ci, which brings one along, or install a newer Node.",
  );
  process.exitCode = 1;
}
