/* The report of a run: printing, and the reader's own words, which are kept in this browser and go nowhere. */
const { sandbox } = document.getElementById('content').dataset;

document.getElementById('print')?.addEventListener('click', () => print());

/* On paper everything is unfolded. */
addEventListener('beforeprint', () => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
});

for (const field of document.querySelectorAll('[data-keep]')) {
  const name = `riacho.report.${sandbox}.${field.dataset.keep}`;
  try {
    field.value = localStorage.getItem(name) ?? '';
    grow(field);
    field.addEventListener('input', () => {
      localStorage.setItem(name, field.value);
      grow(field);
    });
  } catch {
    // a private window may forbid it: the words then last as long as the page
  }
}

function grow(field) {
  if (field.localName !== 'textarea') return;
  field.rows = Math.max(5, field.value.split('\n').length + 1);
}
