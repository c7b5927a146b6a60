/* Only what a lesson allows is lit. The rest of the stage's controls stay where they are, dimmed, and say why when they
 * are pressed: a learner sees what exists, and what this exercise is about. The engine refuses the others by itself
 * (POLICY_VIOLATION); here nobody has to find that out by trying.
 *
 * CONTROLS: which control gives which commands; it is lit if one of them is allowed. Looking is always allowed. */
import '../inspect/texts.js';
import { t } from '../i18n.js';

const FAULTS = [
  'stop_broker', 'crash_broker', 'start_broker', 'power_off_broker', 'pause_broker', 'isolate_broker', 'slow_disk', 'fill_disk', 'free_disk', 'fail_disk', 'flip_bit',
  'skew_clock', 'cut_link', 'delay_link', 'heal_links', 'reset_connections', 'drop_client', 'pause_consumer', 'end_pause', 'stop_consumer', 'start_consumer', 'crash_consumer',
];
const ends = (test) => `[data-testid$="${test}"]`;
const is = (test) => `[data-testid="${test}"]`;
const begins = (test) => `[data-testid^="${test}"]`;

export const CONTROLS = [
  [`#compose, .topic-head ${ends('-compose')}`, ['produce', 'burst']],
  [`${is('compose-one')}, ${is('compose-send')}`, ['produce']],
  [`${is('compose-burst')}, ${is('burst-send')}`, ['burst']],
  [`#new-topic, ${is('new-topic-send')}`, ['create_topic']],
  [is('delete-topic'), ['delete_topic']], [is('set-topic-send'), ['set_topic']],
  [is('grow-topic-send'), ['add_partitions']], [`${is('move-replicas-send')}, ${is('move-cancel')}`, ['move_replicas']], [is('reset-offsets-send'), ['reset_offsets']],
  [is('producer-restart'), ['restart_producer']],
  [`#new-producer, ${is('new-producer-send')}`, ['add_producer']],
  [`.producers .card ${ends('-stop')}, ${is('producer-stop')}`, ['stop_producer']],
  [`.producers .card ${ends('-start')}, ${is('producer-start')}`, ['start_producer']],
  [`.producers .card ${ends('-slower')}, .producers .card ${ends('-faster')}, #drawer select[id^="f-rate-"]:not([data-testid^="app-"]), #drawer select[id^="f-acks-"], #drawer select[id^="f-keys-"]:not([data-testid^="app-"]), #drawer input[id^="f-late-"], #drawer input[id^="f-repeated-"], #drawer select[id^="f-late-"], #drawer select[id^="f-repeated-"]`, ['set_producer']],
  [is('producer-remove'), ['remove_producer']],
  [`#new-group, ${is('new-group-send')}`, ['add_group']],
  [`.groups ${ends('-more')}, ${is('group-add')}`, ['add_consumer']],
  [`.groups ${ends('-less')}, ${is('member-remove')}`, ['remove_consumer']],
  [is('remove-group'), ['remove_group']],
  [`${is('member-poll')}, ${is('member-work-ms')}, ${is('member-records')}`, ['set_consumer']],
  [`${is('member-stop')}, ${is('deed-stall')}`, ['stop_consumer']],
  [`${is('member-start')}, ${is('deed-unstall')}`, ['start_consumer']],
  [`${is('member-crash')}, ${is('deed-kill')}`, ['crash_consumer']],
  [`button.broker.add, ${is('add-broker')}`, ['add_broker']],
  [`.broker ${ends('-stop')}, ${is('deed-stop')}`, ['stop_broker']],
  [`.broker ${ends('-crash')}, ${is('deed-crash')}`, ['crash_broker']],
  [`.broker ${ends('-start')}, ${is('deed-start')}`, ['start_broker']],
  [is('deed-power'), ['power_off_broker']], [is('deed-pause'), ['pause_broker']], [is('deed-isolate'), ['isolate_broker']],
  [is('deed-slow'), ['slow_disk']], [is('deed-fill'), ['fill_disk']], [is('deed-free'), ['free_disk']],
  [`${is('deed-break')}, ${is('deed-mend')}`, ['fail_disk']], [is('deed-skew'), ['skew_clock']],
  [`${is('deed-cut')}, ${is('deed-cut-one')}`, ['cut_link']], [is('deed-delay'), ['delay_link']], [is('deed-heal'), ['heal_links']],
  [`${is('deed-drop')}, ${is('client-drop')}`, ['drop_client']], [is('deed-zombie'), ['pause_consumer']],
  [`${is('new-stream-open')}, ${is('new-stream')}, ${is('put-record')}, ${begins('put-')}, ${is('split-shard')}, ${begins('merge-')}, ${begins('count-')}, ${is('delete-stream')}`, ['call_aws']],
  [is('kinesis-throttle'), ['set_kinesis']],
  [is('add-stream-producer'), ['add_stream_producer']], [`${is('add-stream-consumer')}, ${is('add-stream-fan')}`, ['add_stream_consumer']],
  [`button${begins('stream-producer-')}, ${is('app-rate')}, ${is('app-keys')}, #drawer select[id^="f-batch-"]`, ['set_stream_producer']],
  [`button${begins('stream-consumer-')}, ${is('app-poll')}`, ['set_stream_consumer']],
  [is('app-turn'), ['set_stream_producer', 'set_stream_consumer']], [is('app-remove'), ['remove_stream_producer', 'remove_stream_consumer']],
  [is('app-crash'), ['crash_stream_consumer']],
  [`#faults-open, .fault-way, ${is('client-faults')}`, FAULTS],
  [`${is('fault-undo')}, ${is('active-undo')}, ${is('faults-undo-all')}`, ['heal_links', 'end_pause', 'free_disk', 'fail_disk', 'slow_disk', 'skew_clock', 'start_broker']],
];
const OF_TIME = '#controls button:not([data-testid="earlier"]), [data-testid="live"]';

export class Gate {
  constructor(stage) {
    Object.assign(this, { stage, why: '', allowed: null, asking: false, waits: '' });
    for (const type of ['click', 'submit']) document.addEventListener(type, (event) => this.stop(event), { capture: true });
  }

  /* allow: the commands a lesson allows; null: all. asking: a question is open, and nothing else is taken. */
  set({ allow, asking, say }) {
    this.allowed = allow ? new Set(allow) : null;
    this.asking = asking;
    this.why = allow?.length ? say('barred', { list: allow.map((one) => t(`do.${one}`)) }) : say('barred.all');
    this.waits = say('barred.asking');
    this.apply();
  }

  /* All lit again. */
  open() {
    Object.assign(this, { allowed: null, asking: false });
    this.apply();
  }

  permits(commands) {
    return !this.asking && (this.allowed === null || commands.some((one) => this.allowed.has(one)));
  }

  /* After each picture: elements come and go, and one that stays may have become another control. */
  apply() {
    const closed = new Map();
    for (const [selector, commands] of CONTROLS) {
      if (!this.permits(commands)) for (const one of document.querySelectorAll(selector)) closed.set(one, this.asking ? this.waits : this.why);
    }
    if (this.asking) for (const one of document.querySelectorAll(OF_TIME)) closed.set(one, this.waits);
    for (const one of document.querySelectorAll('[data-barred]')) if (!closed.has(one)) light(one);
    for (const [one, why] of closed) bar(one, why);
  }

  stop(event) {
    const barred = event.target.closest?.('[data-barred]') ?? (event.type === 'submit' ? event.target.querySelector('[type="submit"][data-barred]') : null);
    if (!barred) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.stage.toasts.show(barred.dataset.barred, { code: this.asking ? 'PREDICTION_OPEN' : 'POLICY_VIOLATION' });
  }
}

const FIELDS = ['select', 'input'];

function bar(one, why) {
  if (one.dataset.barred === why && one.getAttribute('aria-disabled') === 'true' && one.title === why) return;
  if (one.dataset.barred === undefined) one.dataset.titled = one.getAttribute('title') ?? '';
  one.dataset.barred = why;
  one.setAttribute('aria-disabled', 'true');
  one.title = why;
  if (FIELDS.includes(one.localName)) one.disabled = true;
}

/* As the newest picture describes it (dom.js), or as it stood in the page. */
function light(one) {
  const props = one.riachoProps ?? { title: one.dataset.titled };
  for (const name of ['title', 'aria-disabled']) {
    if (props[name]) one.setAttribute(name, props[name]);
    else one.removeAttribute(name);
  }
  if (FIELDS.includes(one.localName)) one.disabled = Boolean(props.disabled);
  delete one.dataset.barred;
  delete one.dataset.titled;
}
