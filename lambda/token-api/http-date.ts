/** `Date.parse` accepts nearly anything with a digit, but an HTTP date begins with a weekday. */
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** Parses an HTTP date (RFC 9110, section 5.6.7) into seconds since the epoch; undefined if it is absent or invalid. */
export function httpDate(text: string | undefined): number | undefined {
  const milliseconds = text !== undefined && WEEKDAY.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
