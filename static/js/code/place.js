/* Where code of this page is meant to run: which address, under which name, and in whose language. */
const LETTERS = 'abcdefghjkmnpqrstvwxyz23456789';
const FORM = 'riacho.form';
let own = null;

/* Some letters of this tab's own, so that two people who paste the same code are told apart. */
function tail() {
  own ??= kept(sessionStorage, 'riacho.tail') || keep(sessionStorage, 'riacho.tail', [...crypto.getRandomValues(new Uint8Array(4))].map((n) => LETTERS[n % LETTERS.length]).join(''));
  return own;
}

/* The client id of code in this form: what the stage will call it. */
export const clientOf = (form) => `${form === 'scripts' ? 'console' : form}-${tail()}`;

export function placeFor(form, stage, say) {
  return {
    bootstrap: stage.bootstrap(), client: clientOf(form), say, web: location.origin, sandbox: stage.sandbox,
    open: ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname),
  };
}

/* The form this reader writes in, also on the next visit. */
export const chosenForm = (stage) => stage.view.form ?? (stage.view.form = kept(localStorage, FORM) || 'kcat');

export function chooseForm(stage, form) {
  keep(localStorage, FORM, form);
  stage.change({ form });
}

function kept(store, name) {
  try {
    return store.getItem(name);
  } catch {
    return null; // a private window may forbid it: the choice then lasts as long as the page
  }
}

function keep(store, name, value) {
  try {
    store.setItem(name, value);
  } catch {
    // as above
  }
  return value;
}
