/* Hints on the classic traps, as lines to print after a command's output: [[kind, words], ...]. */

export function hintLines(hints, say) {
  return hints.flatMap(({ code, params, fix }) => {
    const lines = [['hint', `» ${say(`hint.${code}`, params)}`]];
    if (fix) lines.push(['quiet', `  ${say('fix')}`], ['strong', fix.split('\n').map((line) => `    ${line}`).join('\n')]);
    return lines;
  });
}
