/* The composer: one record by hand, or a burst of many. */
import { button, field, form, link } from '../controls.js';
import { h } from '../dom.js';
import { number } from '../i18n.js';
import { burstForm } from './burst.js';
import { jsonHint, whyOf } from './hints.js';
import { excerpt, faultIn, looksLikeJson } from './json.js';
import { hueOf, partitionOf } from './keys.js';

const MODES = ['one', 'burst'];

export function composePage(chosen, stage) {
  const { t, snapshot } = stage;
  const topics = snapshot.topics.filter((topic) => !topic.internal);
  const heading = h('h3', { key: 'head', class: 'page-title' }, t('compose'));
  if (!topics.length) return [heading, h('p', { class: 'muted', key: 'none' }, t('compose.no-topic'))];
  const topic = topics.find((it) => it.name === chosen.topic) || topics[0];
  const mode = chosen.mode === 'burst' ? 'burst' : 'one';
  const turn = (to) => stage.select({ ...chosen, kind: 'compose', topic: topic.name, mode: to });
  return [
    heading,
    h('div', { key: 'modes', class: 'segments', role: 'group', 'aria-label': t('compose.mode') }, MODES.map((one) => h('button', {
      key: one, type: 'button', 'aria-pressed': String(mode === one), 'data-testid': `compose-${one}`, on: { click: () => turn(one) },
    }, t(`compose.mode.${one}`)))),
    mode === 'burst' ? burstForm(chosen, topic, topicField(topics, topic, chosen, stage), stage) : oneForm(topic, topicField(topics, topic, chosen, stage), stage),
    feedback(stage.view.feedback, stage),
  ];
}

function topicField(topics, topic, chosen, stage) {
  return field(stage.t('topic'), {
    name: 'topic', value: topic.name, options: topics.map((it) => [it.name, it.name]), 'data-testid': 'compose-topic',
    on: { change: (e) => stage.select({ ...chosen, kind: 'compose', topic: e.target.value }) },
  });
}

const typed = (id, otherwise) => document.getElementById(id)?.value ?? otherwise;

function oneForm(topic, topics, stage) {
  const { t } = stage;
  const redraw = { input: () => stage.redraw() };
  const text = typed('f-value', t('compose.example'));
  const grave = document.getElementById('f-tomb')?.checked ?? false;
  const fault = !grave && looksLikeJson(text) ? faultIn(text) : null;
  const anyway = fault && stage.view.sure === 'compose text';
  const chosen = typed('f-partition', '');
  return form({
    key: 'compose', held: stage.held, test: 'compose', words: t(anyway ? 'compose.send.text' : 'compose.send'),
    submit: (data) => (fault && !anyway ? stopAt(fault, stage) : send(data, stage)),
    fields: [
      topics,
      field(t('record.key'), { name: 'key', 'data-testid': 'compose-key', maxlength: 10000, on: redraw }, keyHint(typed('f-key', ''), chosen, topic, stage)),
      field(t('record.value'), {
        name: 'value', area: true, rows: 4, class: 'mono', 'data-testid': 'compose-value', initial: { value: t('compose.example') }, on: redraw,
        'aria-invalid': fault ? 'true' : null, disabled: grave,
      }, grave ? t('compose.tombstone.told') : jsonHint(text, fault, stage)),
      valueTools(text, fault, grave, stage),
      h('p', { class: 'check', key: 'tomb' }, h('input', { type: 'checkbox', id: 'f-tomb', name: 'tomb', on: { change: () => stage.redraw() } }), h('label', { for: 'f-tomb' }, t('compose.tombstone'))),
      field(t('record.headers'), { name: 'headers', area: true, rows: 2, class: 'mono', placeholder: 'origem=app', 'data-testid': 'compose-headers' }, t('compose.headers.hint')),
      field(t('compose.partition'), {
        name: 'partition', value: '', options: [['', t('compose.by-key')], ...topic.partitions.map((p) => [String(p.id), String(p.id)])], on: { change: () => stage.redraw() },
      }),
    ],
  });
}

/* Where the key leads, before it is sent. */
function keyHint(key, chosen, topic, { t }) {
  if (chosen !== '') return t('compose.key.chosen', { partition: chosen });
  if (!key) return t('compose.key.hint');
  return [h('span', { class: `swatch small key${hueOf(key)}`, 'aria-hidden': 'true' }, String(hueOf(key) + 1)), ' ',
    t('compose.key.leads', { partition: partitionOf(key, topic.partitions.length), partitions: topic.partitions.length })];
}

/* Below the value: where it breaks, and a way there; or a way to have it set out in lines. */
function valueTools(text, fault, grave, stage) {
  const { t } = stage;
  if (fault) {
    const { text: line, mark } = excerpt(text, fault);
    return h('div', { key: 'value-tools', class: 'json-fault', 'data-testid': 'compose-fault' },
      h('pre', { 'aria-hidden': 'true' }, `${line}\n`, h('b', { class: 'bad' }, mark)),
      button(t('compose.json.go'), () => goTo(fault), { kind: 'small', test: 'compose-go' }));
  }
  const pretty = !grave && looksLikeJson(text) ? JSON.stringify(JSON.parse(text), null, text.includes('\n') ? 0 : 2) : null;
  return h('div', { key: 'value-tools', class: 'row value-tools' }, pretty === null || pretty === text ? null
    : button(t(text.includes('\n') ? 'compose.json.short' : 'compose.json.long'), () => {
      document.getElementById('f-value').value = pretty;
      stage.redraw();
    }, { kind: 'small quiet', test: 'compose-pretty' }));
}

function goTo({ at }) {
  const area = document.getElementById('f-value');
  area.focus();
  area.setSelectionRange(at, Math.min(area.value.length, at + 1));
}

/* What looks like JSON and is none is sent only by one who wants it so. */
function stopAt(fault, stage) {
  goTo(fault);
  stage.ask('compose text');
  stage.announce(`${whyOf(fault, stage.t)}. ${stage.t('compose.json.anyway')}`);
}

function headersOf(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

async function send(data, stage) {
  await stage.produce({
    do: 'produce', topic: data.topic, key: data.key === '' ? null : data.key, value: data.tomb ? null : data.value ?? '', headers: headersOf(data.headers),
    partition: data.partition === '' ? null : Number(data.partition),
  });
}

function feedback(said, stage) {
  const { t } = stage;
  return h('p', { key: 'feedback', role: 'status', class: said?.ok === false ? 'bad' : 'good', 'data-testid': 'compose-result' }, !said ? '' : told(said, t, stage));
}

function told(said, t, stage) {
  if (said.ok === false) return t('compose.refused', { code: said.code });
  if (said.records) return t('burst.sent', { records: number(said.records) });
  if (said.offset === undefined) return t('compose.sent');
  return [t('compose.written'), ' ', link(`${said.topic}-${said.partition} @ ${said.offset}`, () => stage.select({ kind: 'record', ...said.at }), 'compose-open')];
}
