import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, constants, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { functionImage, layOutImage } from "../support/image-files.ts";

/** The folder of the compiled code in the image. */
export const CACHE = "compile-cache";

/** The user `fn` of OCI Functions. */
const FN_USER = { uid: 1000, gid: 1000 };

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Image {
  /** A fresh folder, read-only, that holds only what the Dockerfile copies. */
  readonly folder: string;
  readonly bundle: string;
  readonly node: string;
  /** The platform's user where this process may switch to it, else undefined. */
  readonly user: User | undefined;
  /** Changes its files, as no process of it can. */
  change(work: (folder: string) => void): void;
  /** Called by whoever starts a function in it: `remove` ends what a failed test has left running. */
  started(end: () => Promise<void>): void;
  remove(): Promise<void>;
}

/** Whether the user may run this program; its folders may be closed to others. */
function mayRun(node: string, user: User): boolean {
  return spawnSync(node, ["--version"], { ...user, cwd: "/", stdio: "ignore" }).status === 0;
}

/** A copy of node where everybody can reach it. */
function copyNode(): { readonly node: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "node-"));
  chmodSync(folder, 0o755);
  const node = path.join(folder, "node");
  copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE);
  chmodSync(node, 0o755);
  return { node, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function chooseUser(): { readonly node: string; readonly user: User | undefined; remove(): void } {
  const own = { node: process.execPath, user: undefined, remove: () => undefined };
  if (process.getuid?.() !== 0) return own;
  if (mayRun(process.execPath, FN_USER)) return { ...own, user: FN_USER };
  const copy = copyNode();
  if (mayRun(copy.node, FN_USER)) return { ...copy, user: FN_USER };
  copy.remove();
  return own;
}

/** Compiles beforehand, as the image's build does. */
function warmUp(folder: string, args: readonly string[], node: string, user: User | undefined): string {
  const cache = path.join(folder, CACHE);
  mkdirSync(cache);
  if (user !== undefined) chownSync(cache, user.uid, user.gid);
  const [, ...rest] = args;
  const { status, stderr } = spawnSync(node, rest, { ...user, cwd: folder, env: {}, encoding: "utf8" });
  if (status !== 0) throw new Error(`the warm-up failed: ${stderr}`);
  return cache;
}

function lock(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) lock(name);
    else chmodSync(name, 0o444);
  }
  chmodSync(folder, 0o555);
}

function unlock(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) unlock(path.join(folder, entry.name));
  }
}

/**
 * The function's image as the platform mounts it: nothing but its files, and none of them writable.
 * @param withCache has Node compile beforehand, and takes the folder of the result for further changes; absent: it is not compiled
 */
export function openImage(files = functionImage(), withCache?: (folder: string) => void): Image {
  const { folder, entrypoint, remove } = layOutImage(files);
  const [program, bundle] = entrypoint.slice(-2);
  if (program !== "node" || bundle === undefined || !/^(?:env(?: -u \w+)* )?node \S+$/.test(entrypoint.join(" "))) {
    throw new Error(`these tests start "node <file>", and the Dockerfile starts ${entrypoint.join(" ")}`);
  }
  const { node, user, remove: removeNode } = chooseUser();
  if (withCache !== undefined) withCache(warmUp(folder, files.warmUp, node, user));
  lock(folder);
  const running: (() => Promise<void>)[] = [];
  return {
    folder,
    bundle: path.join(folder, bundle),
    node,
    user,
    change: (work) => {
      unlock(folder);
      work(folder);
      lock(folder);
    },
    started: (end) => {
      running.push(end);
    },
    remove: async () => {
      await Promise.all(running.map((end) => end()));
      unlock(folder);
      remove();
      removeNode();
    },
  };
}
