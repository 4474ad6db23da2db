import { type OptionWord, type Place, stepsOf, valuePatterns } from "./tree.ts";

const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** `-r` asks for a value, `-F` offers files, `-a` offers these words. */
function valueWords({ value }: OptionWord): string {
  switch (value.kind) {
    case "none":
      return "";
    case "any":
      return " -x";
    case "file":
      return " -r -F";
    case "choice":
      return ` -x -a ${quote(value.choices.join(" "))}`;
  }
}

function linesOf({ path, commands, options, choices }: Place): string[] {
  const at = `complete -c oci-rotate -n ${quote(`__oci_rotate_at ${quote(path)}`)}`;
  return [
    ...commands.map(({ name, does }) => `${at} -a ${quote(name)} -d ${quote(does)}`),
    ...choices.map((choice) => `${at} -a ${quote(choice)}`),
    ...options.map((option) => `${at} -l ${option.name.slice(2)}${valueWords(option)} -d ${quote(option.does)}`),
  ];
}

/** A completion script for fish. */
export function fishCompletion(places: readonly Place[]): string {
  const values = valuePatterns(places).map(({ path, option }) => quote(`${path ?? "*"} ${option.name}`));
  return `# fish completion of oci-rotate
function __oci_rotate_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l at ''
    set -l skip no
    for word in $words
        if test $skip = yes
            set skip no
            continue
        end
        switch "$at $word"
            case ${values.join(" ")}
                set skip yes
${stepsOf(places)
  .map(({ from, word, to }) => `            case ${quote(`${from} ${word}`)}\n                set at ${quote(to)}`)
  .join("\n")}
        end
    end
    test "$at" = "$argv[1]"
end
complete -c oci-rotate -f
${places.flatMap(linesOf).join("\n")}
`;
}
