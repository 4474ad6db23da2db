/** An entry of package-lock.json, as far as the scripts read it. */
export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  /** By place: `node_modules/a/node_modules/b`; the empty place is the project itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface ForgottenOptional {
  readonly name: string;
  readonly version: string;
  readonly parent: LockedPackage;
}

/** Optional dependencies that some package names and the lock file does not hold. */
export function forgottenOptionals({ packages }: LockFile): ForgottenOptional[] {
  const names = new Set(Object.keys(packages).map((place) => place.split("node_modules/").at(-1)));
  return Object.values(packages).flatMap((parent) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !names.has(name))
      .map(([name, version]) => ({ name, version, parent })),
  );
}
