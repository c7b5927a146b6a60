/* Finding in the tables: what does not have the word is out of the way, what has it stands open. */

export function lookup(field, tables, nothing) {
  const was = new Map();
  if (matchMedia('(max-width: 900px)').matches) for (const part of tables.querySelectorAll('details')) part.open = false;
  field.addEventListener('input', () => {
    const wanted = plain(field.value.trim());
    let some = 0;
    for (const part of tables.querySelectorAll('details')) {
      if (!was.has(part)) was.set(part, part.open);
      let here = 0;
      for (const row of part.querySelectorAll('.look > div')) {
        row.hidden = Boolean(wanted) && !plain(row.textContent).includes(wanted);
        here += row.hidden ? 0 : 1;
      }
      for (const title of part.querySelectorAll('h3')) {
        const list = [title.nextElementSibling, title.nextElementSibling?.nextElementSibling].find((one) => one?.matches('dl'));
        title.hidden = Boolean(wanted) && !list?.querySelector(':scope > div:not([hidden])');
      }
      part.hidden = Boolean(wanted) && !here;
      part.open = wanted ? here > 0 : was.get(part);
      some += here;
    }
    tables.classList.toggle('finding', Boolean(wanted));
    if (!wanted) was.clear();
    nothing.hidden = some > 0;
  });
}

/* Without accents and capitals: "partição" is found by "particao". */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
