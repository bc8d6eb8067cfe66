// Numbers and times for people. Times of the API are in microseconds.

const digits = (value, unit) => `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`;

export function duration(us) {
  if (us < 0) return '−' + duration(-us);
  if (us < 1) return '0 µs';
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return digits(us / 1e3, 'ms');
  if (us < 60e6) return digits(us / 1e6, 's');
  const seconds = Math.round(us / 1e6);
  return seconds < 3600 ? `${Math.floor(seconds / 60)} m ${seconds % 60} s` : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} m`;
}

const clock = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
const shortClock = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export const moment = us => clock.format(us / 1000);
export const shortMoment = us => shortClock.format(us / 1000);

export function ago(us, now = Date.now()) {
  const seconds = Math.round((now - us / 1000) / 1000);
  if (seconds < 0) return 'in the future';
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}

export const count = number => number.toLocaleString('en').replace(/,/g, '\u202f');
export const plural = (number, one, many = one + 's') => `${count(number)} ${number === 1 ? one : many}`;
export const compact = number => number < 10000 ? count(number) : new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(number);
export const percent = share => `${+(share * 100).toPrecision(3)} %`;
export const shortId = id => id.slice(0, 8);
export const reason = text => text.replace(/_/g, ' ');
