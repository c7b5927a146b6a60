/* A table is the sum of a log: the records that are really on the stage's tape, one after the other, and the table that
 * they make; back and forth by hand, or along with the log as it grows. */
import { button } from '../../controls.js';
import { h } from '../../dom.js';
import { rich, shown, topicOf } from './kit.js';
import { Records } from './records.js';
import { brief, fold, hues, strip, table } from './table.js';

export function figure(box, { lang, stage }) {
  const view = { at: null, records: new Records(stage), seen: '' }; // at: as many records are read; null: all there are
  return shown(box, lang, (say) => picture(box, stage, view, say));
}

function picture(box, stage, view, say) {
  const topic = topicOf(stage.snapshot);
  const partition = topic?.partitions[0];
  if (!partition) return h('p', { class: 'fig-none muted' }, say('none'));
  const records = view.records.of(topic.name, partition);
  const hueOf = hues(partition)(records);
  const at = view.at === null ? partition.end : Math.max(partition.start, Math.min(view.at, partition.end));
  const there = records.filter(({ gone }) => !gone);
  const rows = fold(records, at);
  const newest = there.findLast(({ offset }) => offset < at) ?? null;
  const go = (to) => {
    view.at = to >= partition.end ? null : Math.max(partition.start, to);
    stage.redraw();
  };
  follow(box, at);
  const gone = records.length - there.length;
  return h('div', { class: 'fig fold', 'data-testid': 'fold', 'data-at': at, 'data-end': partition.end },
    strip(records, hueOf, { at, say, pick: (offset) => go(offset + 1) }),
    h('div', { class: 'fig-walk' },
      button('◂', () => go(at - 1), { name: say('fold.back'), test: 'fold-back', off: at <= partition.start }),
      h('label', { class: 'visually-hidden', for: 'fold-at' }, say('fold.at')),
      h('input', { id: 'fold-at', type: 'range', min: partition.start, max: partition.end, step: 1, value: at, 'aria-valuetext': say('fold.read', { at: at - partition.start }), 'data-testid': 'fold-at', initial: { value: String(at) }, on: { input: (event) => go(Number(event.target.value)) } }),
      button('▸', () => go(at + 1), { name: say('fold.on'), test: 'fold-on', off: at >= partition.end }),
      button(say('fold.live'), () => go(partition.end), { pressed: view.at === null, test: 'fold-live' }),
      h('p', { class: 'fig-walked', role: 'status', 'data-testid': 'fold-told' }, newest ? rich(say.parts(newest.value === null ? 'fold.deleted' : 'fold.said', { offset: newest.offset, key: newest.key ?? '–', value: brief(newest.value, newest.key) }), h) : say('fold.nothing'))),
    h('div', { class: 'fig-tables' },
      table(rows, hueOf, { id: 'fold', title: say('fold.table'), told: say('fold.sum', { rows: rows.length, records: there.filter(({ offset }) => offset < at).length }), newest: newest?.offset ?? -1, say }),
      h('div', { class: 'fig-words' }, h('p', { class: 'fig-count' }, rich(say.parts('fold.count', { records: there.length }), h)),
        gone ? h('p', { 'data-testid': 'fold-gone', 'data-gone': gone }, rich(say.parts('fold.compacted', { gone, rows: fold(records, partition.end).length }), h)) : null,
        h('p', { class: 'muted' }, say('fold.rule')))));
}

/* The slider and the tape go along with the place that is looked at; whoever holds the slider is not disturbed. */
function follow(box, at) {
  requestAnimationFrame(() => {
    const slider = box.querySelector('#fold-at');
    if (slider && slider !== document.activeElement) slider.value = String(at);
    const cells = box.querySelector('.fig-strip');
    const cell = box.querySelector(`[data-offset="${at - 1}"]`);
    if (cells && cell && cells.dataset.at !== String(at)) {
      cells.dataset.at = String(at);
      cells.scrollLeft = cell.offsetLeft - cells.clientWidth + cell.clientWidth * 2;
    }
  });
}
