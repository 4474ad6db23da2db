/** The members of a profile that sign requests, as `oci` reads them. */
export type ProfileValues = Readonly<Record<string, string>>;

export interface OciConfigCase {
  /** Completes "a config file with ...". */
  readonly what: string;
  readonly text: string;
  /** Absent: DEFAULT. */
  readonly profile?: string;
  /** What the official client reads; null: it refuses the file, or the profile. */
  readonly official: ProfileValues | null;
  /** What is read here, where the official client refuses: values, or the words of our refusal. Absent: as `official`. */
  readonly here?: ProfileValues | string;
}

const id = (kind: string, name: string) => `ocid1.${kind}.oc1..${name}`;
const fingerprintOf = (pair: string) => Array(16).fill(pair).join(":");

/** Both clients require that it is there. */
export const KEY_FILE = "~/.oci/key.pem";

const one: ProfileValues = {
  user: id("user", "one"),
  fingerprint: fingerprintOf("11"),
  key_file: KEY_FILE,
  tenancy: id("tenancy", "one"),
  region: "us-ashburn-1",
};
const two: ProfileValues = {
  user: id("user", "two"),
  fingerprint: fingerprintOf("22"),
  key_file: KEY_FILE,
  tenancy: id("tenancy", "two"),
  region: "eu-frankfurt-1",
};
const lines = (values: ProfileValues, write = (key: string, value: string) => `${key}=${value}`) =>
  Object.entries(values)
    .map(([key, value]) => write(key, value))
    .join("\n");
const ONE = `[DEFAULT]\n${lines(one)}\n`;
const TWO = `[two]\n${lines(two)}\n`;
const session: ProfileValues = { key_file: KEY_FILE, region: "us-ashburn-1", security_token_file: "~/.oci/token" };
const without = (values: ProfileValues, key: string): ProfileValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));

/** Config files as people have them. `test/live/oci-config.live.test.ts` reads them with the official client. */
export const ociConfigs: readonly OciConfigCase[] = [
  { what: "one profile", text: ONE, official: one },
  { what: "a second profile", text: `${ONE}\n${TWO}`, profile: "two", official: two },
  {
    what: "a comment behind a profile's name",
    text: `${ONE}[two] # comment\n${lines(two)}`,
    profile: "two",
    official: two,
  },
  {
    what: "a comment with brackets behind a profile's name",
    text: `${ONE}[two] ; was [three]\n${lines(two)}`,
    profile: "two",
    official: null,
    here: two,
  },
  { what: "colons", text: `[DEFAULT]\n${lines(one, (key, value) => `${key}: ${value}`)}\n`, official: one },
  {
    what: "spaces around the signs",
    text: `[DEFAULT]\n${lines(one, (key, value) => `${key}  =  ${value}  `)}\n`,
    official: one,
  },
  {
    what: "keys in capitals",
    text: `[DEFAULT]\n${lines(one, (key, value) => `${key.toUpperCase()}=${value}`)}\n`,
    official: one,
  },
  {
    what: "comments and empty lines",
    text: `# mine\n; too\n\n${ONE.replaceAll("\n", "\n\n  # note\n")}`,
    official: one,
  },
  { what: "line ends of Windows", text: `${ONE}${TWO}`.replaceAll("\n", "\r\n"), profile: "two", official: two },
  {
    what: "lines that are all indented",
    text: `[DEFAULT]\n${lines(one, (key, value) => `  ${key}=${value}`)}\n`,
    official: one,
  },
  {
    what: "a percent sign and an equals sign in a value",
    text: `${ONE}pass_phrase=50%=%(x)s\n`,
    official: { ...one, pass_phrase: "50%=%(x)s" },
  },
  { what: "a hash sign in a value", text: `${ONE}pass_phrase=a #b;c\n`, official: { ...one, pass_phrase: "a #b;c" } },
  {
    what: "keys that only [DEFAULT] has",
    text: `${ONE}[two]\nregion=eu-frankfurt-1\n`,
    profile: "two",
    official: { ...one, region: "eu-frankfurt-1" },
  },
  {
    what: "one key of a credential of its own",
    text: `${ONE}[two]\nuser=${two["user"]}\n`,
    profile: "two",
    official: { ...one, user: two["user"] ?? "" },
  },
  {
    what: "[DEFAULT] behind the profile that inherits",
    text: `[two]\nuser=${two["user"]}\n${ONE}`,
    profile: "two",
    official: { ...one, user: two["user"] ?? "" },
  },
  {
    what: "[DEFAULT] in two parts",
    text: `[DEFAULT]\nregion=${one["region"]}\n${TWO}[DEFAULT]\n${lines(without(one, "region"))}\n`,
    official: one,
  },
  { what: "a session without fingerprint and tenancy", text: `[DEFAULT]\n${lines(session)}\n`, official: session },
  {
    what: "a session of its own beside an API key",
    text: `${ONE}[two]\n${lines(session)}\n`,
    profile: "two",
    official: { ...one, ...session },
  },
  { what: "no such profile", text: ONE, profile: "three", official: null, here: "has no profile three" },
  {
    what: "another case of the profile's name",
    text: `${ONE}${TWO}`,
    profile: "TWO",
    official: null,
    here: "has no profile TWO",
  },
  {
    what: "spaces inside the brackets",
    text: `${ONE}[ two ]\n${lines(two)}\n`,
    profile: "two",
    official: null,
    here: two,
  },
  {
    what: "an empty value where [DEFAULT] has one",
    text: `${ONE}[two]\ntenancy=\n`,
    profile: "two",
    official: null,
    here: "has no tenancy",
  },
  { what: "a key missing", text: `[DEFAULT]\n${lines(without(one, "user"))}\n`, official: null, here: "has no user" },
  {
    what: "a value that goes on in an indented line",
    text: `[DEFAULT]\nuser=${one["user"]}\n  ${lines(without(one, "user"))}\n`,
    official: null,
    here: "the value of user of the profile DEFAULT",
  },
  { what: "a byte order mark", text: `\ufeff${ONE}`, official: null, here: one },
  { what: "a broken line in another profile", text: `${ONE}[two]\nfinger\n`, official: null, here: one },
  { what: "a broken line", text: `${ONE}${TWO}finger\n`, profile: "two", official: null, here: "line 13 of" },
  { what: "a broken line in [DEFAULT]", text: `[DEFAULT]\nfinger\n${TWO}`, profile: "two", official: null, here: two },
  {
    what: "a needed key broken in [DEFAULT]",
    text: `[DEFAULT]\ntenancy\n[two]\n${lines(without(two, "tenancy"))}\n`,
    profile: "two",
    official: null,
    here: "line 2 of",
  },
  { what: "a profile's name cut short at its end", text: `${ONE}[tw`, official: null, here: one },
  {
    what: "its name cut short",
    text: `${ONE}[two\n${lines(two)}`,
    profile: "two",
    official: null,
    here: "is a profile's name cut short",
  },
  {
    what: "the profile twice",
    text: `${ONE}${TWO}[two]\n`,
    profile: "two",
    official: null,
    here: "begins the profile two a second time",
  },
  { what: "another profile twice", text: `${ONE}${TWO}[two]\n`, official: null, here: one },
  { what: "a key twice", text: `${ONE}user=${two["user"]}\n`, official: null, here: "gives user a second time" },
  {
    what: "a key twice in [DEFAULT], which the profile needs",
    text: `${ONE}user=${two["user"]}\n[two]\nregion=eu-frankfurt-1\n`,
    profile: "two",
    official: null,
    here: "gives user a second time",
  },
  {
    what: "a key before any profile",
    text: `region=x\n${ONE}`,
    official: null,
    here: "stands before the first [profile]",
  },
  {
    what: "a private key inside",
    text: `[DEFAULT]\n${lines(without(one, "key_file"))}\nkey_content=x\n`,
    official: null,
    here: "has no key_file",
  },
  { what: "nothing", text: "", official: null, here: "has no profile DEFAULT; the file holds no profile at all" },
];
