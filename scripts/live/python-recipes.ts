import path from "node:path";
import { cachedFolder, LIVE_CACHE, must } from "./maven.ts";

/** What the Python recipe of docs/consumer.md needs besides Oracle's SDK, and what that brings with it. */
const CONSUMER = [
  "requests-oauthlib==2.0.0",
  "oauthlib==4.0.1",
  "requests==2.34.2",
  "certifi==2025.11.12",
  "charset-normalizer==3.5.3",
  "idna==3.20",
  "urllib3==2.8.0",
];
const INSTALL_LIMIT_MS = 120_000;

/** The same for that of docs/hand-over.md. */
const HAND_OVER = ["jwcrypto==1.6.1"];

/**
 * Fetches packages from PyPI into a folder for PYTHONPATH, or takes the one that is there. Throws an Error with the end of what pip printed.
 * @param bin folder of the program `python3` that is to run them
 */
function fetchPackages(bin: string, packages: readonly string[]): string {
  return cachedFolder(path.join(LIVE_CACHE, packages[0] ?? ""), (folder) => {
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
    must(path.join(bin, "python3"), [...pip, "--target", folder, ...packages], LIVE_CACHE, INSTALL_LIMIT_MS);
  });
}

export const fetchPythonRecipes = (bin: string) => fetchPackages(bin, CONSUMER);
export const fetchHandOverRecipe = (bin: string) => fetchPackages(bin, HAND_OVER);
