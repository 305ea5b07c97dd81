/* The clock of this process shows what the latest request said. To be imported first. */

let now = Date.now();

globalThis.Date = new Proxy(Date, {
  construct: (date, parts, target) => Reflect.construct(date, parts.length === 0 ? [now] : parts, target),
  get: (date, name) => (name === 'now' ? () => now : Reflect.get(date, name)),
});

/** @param time milliseconds since the epoch, as a header holds it; undefined: no time has passed. */
export function moveDate(time: string | string[] | undefined): void {
  now = Number(time ?? now);
}
