/* For whoever asked for less motion: what has moved bears a lasting mark that says from where. A partition with a new
 * leader: "was B3"; a member that was given partitions: "+ FIAP-2". From the events alone; the marks hang on the page's own elements. */
import { t } from '../i18n.js';
import { prefs } from '../prefs.js';

const LASTS_MS = 60_000;
const MARKS_MAX = 24;

export class Moved {
  constructor() {
    Object.assign(this, { marks: new Map(), had: new Map() });
  }

  /* Who has what now, before anything is told: what is new is known by it. */
  know(snapshot) {
    for (const group of snapshot.groups) {
      if (!this.had.has(group.id)) this.had.set(group.id, new Map(group.members.map((one) => [one.id, Object.entries(one.assigned ?? {}).flatMap(([topic, list]) => list.map((p) => `${topic}-${p}`))])));
    }
  }

  hear(events) {
    for (const { code, params } of events) {
      if (code === 'leader_elected' && params.was > 0 && params.was !== params.leader) {
        this.mark(`[data-testid="tape-${CSS.escape(`${params.topic}-${params.partition}`)}"]`, t('motion.moved', params), t('motion.moved.told', params));
      } else if (code === 'assignment_made') {
        const before = this.had.get(params.group) ?? new Map();
        const now = new Map(Object.entries(params.assignments ?? {}));
        this.had.set(params.group, now);
        for (const [client, list] of now) {
          const parts = list.filter((part) => !before.get(client)?.includes(part));
          if (parts.length) this.mark(`[data-member="${CSS.escape(client)}"]`, t('motion.taken', { parts }), t('motion.taken.told', { client, parts }));
        }
      }
    }
  }

  mark(selector, words, told) {
    this.marks.delete(selector);
    this.marks.set(selector, { words, told, until: performance.now() + LASTS_MS });
    if (this.marks.size > MARKS_MAX) this.marks.delete(this.marks.keys().next().value);
  }

  forget() {
    this.marks.clear();
    for (const node of document.querySelectorAll('[data-moved]')) node.removeAttribute('data-moved');
  }

  /* After each picture: elements may be new. */
  draw() {
    if (!this.marks.size) return;
    const now = performance.now();
    for (const [selector, { words, told, until }] of this.marks) {
      const gone = now > until || !prefs.still;
      if (gone) this.marks.delete(selector);
      for (const node of document.querySelectorAll(selector)) {
        if (gone) node.removeAttribute('data-moved');
        else if (node.dataset.moved !== words) Object.assign(node.dataset, { moved: words, movedTold: told });
      }
    }
  }
}
