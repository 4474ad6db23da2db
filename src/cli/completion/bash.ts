import { type OptionWord, type Place, stepsOf, valuePatterns } from "./tree.ts";

/** Our own words need no quoting: they hold only letters, digits and hyphens. */
const words = (names: readonly string[]) => names.join(" ");
const pattern = (path: string | null, name: string) => (path === null ? `*" ${name}"` : `"${path} ${name}"`);

function valueLine(path: string | null, { name, value }: OptionWord): string {
  const reply =
    value.kind === "choice"
      ? `COMPREPLY=($(compgen -W "${words(value.choices)}" -- "$cur")); `
      : value.kind === "file"
        ? "compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- \"$cur\")); "
        : "";
  return `    ${pattern(path, name)}) ${reply}return ;;`;
}

/** A completion script for bash. It knows only the commands of this version, and runs nothing. */
export function bashCompletion(places: readonly Place[]): string {
  const values = valuePatterns(places);
  return `# bash completion of oci-rotate
_oci_rotate() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command="" names="" options="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
${values.map(({ path, option }) => `      ${pattern(path, option.name)}) ((i++)) ;;`).join("\n")}
${stepsOf(places)
  .map(({ from, word, to }) => `      "${from} ${word}") command="${to}" ;;`)
  .join("\n")}
    esac
  done
  case "$command \${COMP_WORDS[COMP_CWORD - 1]}" in
${values.map(({ path, option }) => valueLine(path, option)).join("\n")}
  esac
  case "$command" in
${places
  .map(
    ({ path, commands, options, choices }) =>
      `    "${path}") names="${words([...commands.map(({ name }) => name), ...choices])}" options="${words(options.map(({ name }) => name))}" ;;`,
  )
  .join("\n")}
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$names" -- "$cur")) ;;
  esac
}
complete -F _oci_rotate oci-rotate
`;
}
