/** Dates that there are: JavaScript's own takes February 30th for March 2nd. */

/** Whether the calendar has the day that a text begins with, as in 2023-02-28; true for a text that begins with none. */
export function isRealDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text) ?? [];
  if (year === undefined) return true;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
