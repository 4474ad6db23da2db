import { expect, test } from "vitest";
import { changedLines, onlyAddsToTests } from "../../../../scripts/mutation/changed.ts";

const DIFF = `diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3 +3 @@ export function first() {
-  return 1;
+  return 2;
@@ -10,0 +11,3 @@
+one
+two
+three
diff --git a/src/lost.ts b/src/lost.ts
--- a/src/lost.ts
+++ b/src/lost.ts
@@ -4,2 +3,0 @@
-gone
-gone
diff --git a/src/gone.ts b/src/gone.ts
deleted file mode 100644
--- a/src/gone.ts
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
diff --git a/src/new.ts b/src/new.ts
new file mode 100644
--- /dev/null
+++ b/src/new.ts
@@ -0,0 +1,40 @@
+forty
`;

test("new lines of a diff are found by file; a file that only lost lines, or is gone, has none", () => {
  expect(changedLines(DIFF)).toEqual({
    "src/a.ts": [
      [3, 3],
      [11, 13],
    ],
    "src/new.ts": [[1, 40]],
  });
});

test("without a change there are none", () => {
  expect(changedLines("")).toEqual({});
});

test.each([
  ["", true],
  ["12\t0\ttest/unit/a.test.ts", true],
  ["12\t0\ttest/unit/a.test.ts\n3\t0\ttest/unit/b.test.ts", true],
  ["12\t0\ttest/unit/a.test.ts\n3\t1\ttest/unit/b.test.ts", false],
  ["0\t10\ttest/unit/a.test.ts", false],
  ["1\t0\tsrc/a.ts", false],
  ["-\t-\ttest/picture.png", false],
])("%j adds only lines to tests: %j", (numstat, isSo) => {
  expect(onlyAddsToTests(numstat)).toBe(isSo);
});
