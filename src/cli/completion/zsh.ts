import { type Choice, type OptionWord, type Place, stepsOf, valuePatterns } from "./tree.ts";

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** A match with its description, as `_describe` takes it. */
const described = ({ name, does }: Choice) => quote(`${name.replaceAll(":", "\\:")}:${does}`);
const pattern = (path: string | null, name: string) => (path === null ? `*" ${name}"` : `"${path} ${name}"`);

function valueLine(path: string | null, { name, value }: OptionWord): string {
  const reply =
    value.kind === "choice"
      ? `compadd -- ${value.choices.map(quote).join(" ")}; `
      : value.kind === "file"
        ? "_files; "
        : "_message value; ";
  return `    ${pattern(path, name)}) ${reply}return ;;`;
}

/** A completion script for zsh: a file `_oci-rotate` on fpath, or sourced. */
export function zshCompletion(places: readonly Place[]): string {
  const values = valuePatterns(places);
  return `#compdef oci-rotate
# zsh completion of oci-rotate
_oci_rotate() {
  local command="" i
  local -a names choices options
  for ((i = 2; i < CURRENT; i++)); do
    case "$command \${words[i]}" in
${values.map(({ path, option }) => `      ${pattern(path, option.name)}) ((i++)) ;;`).join("\n")}
${stepsOf(places)
  .map(({ from, word, to }) => `      "${from} ${word}") command="${to}" ;;`)
  .join("\n")}
    esac
  done
  case "$command \${words[CURRENT - 1]}" in
${values.map(({ path, option }) => valueLine(path, option)).join("\n")}
  esac
  case "$command" in
${places
  .map(
    ({ path, commands, options, choices }) => `    "${path}")
      names=(${commands.map(described).join(" ")})
      choices=(${choices.map(quote).join(" ")})
      options=(${options.map(described).join(" ")}) ;;`,
  )
  .join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  else
    ((\${#names})) && _describe command names
    ((\${#choices})) && compadd -- $choices
  fi
}
if [[ \${funcstack[1]} == _oci-rotate ]]; then
  _oci_rotate "$@"
else
  compdef _oci_rotate oci-rotate
fi
`;
}
