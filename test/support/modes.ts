/** The mode of a file that only its owner may read, as this system shows it: on Windows a file has the rights of its folder. */
export const OWNER_ONLY = process.platform === "win32" ? 0o666 : 0o600;
/** The same of a folder. */
export const OWNER_ONLY_FOLDER = process.platform === "win32" ? 0o666 : 0o700;
