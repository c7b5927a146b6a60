/* What is clicked, carried out as AWS requests, step by step (the steps of twin.js), and kept as a list of what was done.
 *
 * A step `wait` is over when the stream in the frames is as `until` says: the console waits for that as a script with
 * AWS's waiter would, but without asking. */

const KEPT_MAX = 40;

export class Calls {
  /* post(body): one request, answered as ask() of api.js does. */
  constructor(desk, post) {
    Object.assign(this, { desk, post, list: [], count: 0, waiting: [] });
  }

  /* what: a name for the click, by which `busy` finds it. Answers {ok, answers, error}: answers of the steps done. */
  async run(what, steps) {
    this.count += 1;
    const entry = { n: this.count, what, steps, at: 0, state: 'running', error: null, answers: [] };
    this.list = [entry, ...this.list].slice(0, KEPT_MAX);
    this.desk.redraw();
    const kept = {};
    for (const [at, step] of steps.entries()) {
      entry.at = at;
      entry.state = step.wait ? 'waiting' : 'running';
      if (step.quiet) continue; // shown, and not done: a line that only the other ways need
      const answer = step.wait ? await this.until(step) : await this.ask(step, kept);
      if (!answer.ok) {
        Object.assign(entry, { state: 'refused', error: answer.error });
        this.desk.redraw();
        return { ok: false, answers: entry.answers, error: answer.error, at };
      }
      entry.answers.push(answer.body);
      step.then?.(answer.body);
      if (step.keep) kept[step.keep] = answer.body[step.keep];
      this.desk.redraw();
    }
    entry.state = 'done';
    this.desk.redraw();
    return { ok: true, answers: entry.answers, error: null };
  }

  busy(what) {
    return this.list.some((entry) => entry.what === what && (entry.state === 'running' || entry.state === 'waiting'));
  }

  /* The newest call of a name that ended in a refusal, unless something newer of that name came after. */
  refused(what) {
    const entry = this.list.find((one) => one.what === what);
    return entry?.state === 'refused' && !entry.read ? entry : null;
  }

  read(entry) {
    entry.read = true;
    this.desk.redraw();
  }

  async ask({ operation, parameters }, kept) {
    const filled = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value?.kept ? kept[value.kept] : value]));
    const said = await this.post({ operation, parameters: filled });
    if (!said.ok && !said.status) return { ok: false, error: { code: said.error?.code ?? '', message: said.error?.reason ?? '', aws: false } };
    if (said.status === 200) return { ok: true, body: said.body ?? {} };
    return { ok: false, error: { code: said.error, message: said.message, status: said.status, aws: true } };
  }

  until({ parameters, until }) {
    return new Promise((resolve) => {
      this.waiting.push({ name: parameters.StreamName, until, resolve, seen: false });
      this.hear(this.desk.snapshot);
    });
  }

  /* A new frame. until(stream): whether that is how it should be; a stream that is gone is null. */
  hear(state) {
    if (!state) return;
    const streams = state.kinesis?.streams ?? [];
    this.waiting = this.waiting.filter((one) => {
      const stream = streams.find(({ name }) => name === one.name) ?? null;
      if (stream) one.seen = true;
      const there = one.until(stream);
      if (there) one.resolve({ ok: true, body: {} });
      else if (one.seen && !stream) one.resolve({ ok: false, error: { code: 'ResourceNotFoundException', message: `Stream ${one.name} under account ${state.kinesis?.account ?? ''} not found.`, aws: true } });
      else return true;
      return false;
    });
  }
}

export const active = (stream) => stream?.status === 'ACTIVE';
