/** `Date.parse` takes nearly anything with a digit in it; an HTTP date begins with its weekday. */
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** An HTTP date (RFC 9110, section 5.6.7) in seconds since the epoch; undefined if it is absent or none. */
export function httpDate(text: string | undefined): number | undefined {
  const milliseconds = text !== undefined && WEEKDAY.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
