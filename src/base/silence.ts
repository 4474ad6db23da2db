// Imported first, for its effect: libraries must keep off stdout and stderr, which are the function's log. The OCI SDK prints the text of
// every failed call with console.warn, and one of its dependencies makes Node print a deprecation as it loads. The FDK frames the log with
// console.log and console.error; those stay. What NODE_DEBUG has Node print has been decided before: the handlers refuse to work under it.
process.noDeprecation = true;
console.warn = () => undefined;
