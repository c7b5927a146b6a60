/* The film in the machine: where it stands, whether it runs, and what the stage is told of it.
 *
 * The stage in a recording is the stage of the page, with three of its modules exchanged (playground/recording.py):
 * what would speak to a server speaks to the reel. */
import { filmOf } from './film.js';

const CALM_MS = 1500; // further than this in one go is a jump: nothing flies

export const reel = {
  film: null, hears: null, stage: null, position: 0, playing: false, speed: 1, shown: -1, from: 0,
  changed: () => {},

  async load() {
    const place = document.getElementById('film');
    this.film = await filmOf(place.textContent);
    place.remove();
    this.position = this.film.from;
  },

  get sandbox() {
    return document.getElementById('riacho').dataset.sandbox;
  },

  get title() {
    return document.getElementById('riacho').dataset.title || this.sandbox;
  },

  get ended() {
    return this.position >= this.film.to;
  },

  play() {
    if (this.playing) return;
    if (this.ended) this.seek(this.film.from);
    this.playing = true;
    this.clock = null;
    this.frame = requestAnimationFrame((now) => this.run(now));
    this.show(true);
  },

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.show(true);
  },

  run(now) {
    const passed = this.clock === null ? 0 : Math.min(now - this.clock, 250); // a hidden window does not leap ahead
    this.clock = now;
    this.position = Math.min(this.film.to, this.position + passed * this.speed);
    if (this.ended) {
      this.playing = false;
      this.show(true);
      return;
    }
    this.show();
    this.changed();
    this.frame = requestAnimationFrame((then) => this.run(then));
  },

  setSpeed(speed) {
    this.speed = speed;
    this.show(true);
  },

  /* To a virtual time. */
  seek(ms) {
    const back = ms < this.position;
    const far = Math.abs(ms - this.position) > CALM_MS;
    this.position = Math.min(this.film.to, Math.max(this.film.from, ms));
    if (back || far) this.shown = -1;
    if (back) this.hears.rewound();
    this.show(true);
  },

  /* By one milestone: to the first picture in which it has happened. */
  step(by) {
    this.pause();
    const { film } = this;
    const here = film.at(this.position);
    const there = by > 0 ? film.events.find((event) => film.after(event.at_ms) > here) : film.events.findLast((event) => event.at_ms > film.from && film.after(event.at_ms) < here);
    this.seek(there ? film.pictures[film.after(there.at_ms)].at : by > 0 ? film.to : film.from);
  },

  /* Tell the stage, if there is another picture. */
  show(anyway = false) {
    const number = this.film.at(this.position);
    if (number === this.shown && !anyway) return;
    const { state, traffic } = this.film.pictures[number];
    const flying = this.playing && this.shown >= 0 ? this.film.pictures.slice(this.shown + 1, number + 1).flatMap((picture) => picture.traffic) : [];
    const told = this.film.events.filter((event) => event.at_ms <= this.film.pictures[number].at + 0.001);
    this.hears.frame({ ...state, frame: number, traffic: this.playing ? flying : traffic, pace: this.pace(state) });
    this.hears.events(told);
    this.shown = number;
    this.changed();
  },

  pace(state) {
    return { ...state.pace, paused: !this.playing, speed: this.speed, asked: this.speed, speed_min: 0.0625, speed_max: 16, limited_by: '', patience: [], first_to_give_up: null };
  },
};
