/** How commands say what is wrong: by the place in a file where there is one, else by the program's name. */

/** `rules.yml:3:5: …` as it is; anything else as `sekisho: …`. */
export function formatProblem(text: string): string {
  return /^(sekisho: |[^\n]+?:\d+:\d+: )/.test(text) ? text : `sekisho: ${text}`;
}

/** What commander says of wrong usage, in the words and marks of everything else here. */
export function formatUsageProblem(text: string): string {
  const [said = '', suggestion] = text.trim().split('\n');
  const problem = said
    .replace(/^error: /, '')
    .replace('. Expected', ': expected')
    .replace(/\.$/, '')
    .replaceAll(/'([^']*)'/g, '`$1`');
  const [, oneOf = '', names] = /^\(Did you mean (one of )?(.+)\?\)$/.exec(suggestion ?? '') ?? [];
  const hint =
    names === undefined
      ? 'run it with `--help` to see what it takes'
      : `did you mean ${oneOf}${names.replaceAll(/[^, ]+/g, '`$&`')}?`;
  return `sekisho: ${problem}${problem.includes(': ') ? '; ' : ': '}${hint}\n`;
}
