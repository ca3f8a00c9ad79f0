const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Wall-clock ms of an RFC 3339 time, or null if it is none.
 *
 * A fraction of a millisecond is rounded up: stored times are whole ms, so both "from then on" and "before then"
 * keep their meaning.
 */
export function parseRfc3339(text: string): number | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return null;

  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60_000;
  const fraction = (match[7] ?? '.').slice(1).padEnd(9, '0');
  const fractionMs = Math.ceil(Number(fraction) / 1_000_000);
  // setUTCFullYear, because Date.UTC takes the years 0–99 for 1900–1999.
  const midnightMs = new Date(0).setUTCFullYear(year, month - 1, day);
  return midnightMs + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs - offsetMs;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
