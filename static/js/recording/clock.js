/* A time as the stage writes it, "01:23.456" or "1:02:03": in milliseconds; null if it is none. Seconds alone will do. */
export function readClock(text) {
  const found = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)\s*$/.exec(text);
  if (!found) return null;
  const [, hours = 0, minutes = 0, seconds] = found;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'))) * 1000;
}
