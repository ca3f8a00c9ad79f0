/** What an `<input type="datetime-local">` shows for a time, in the reader's zone; '' for none. */
export function toLocalInput(time: string | null): string {
  if (time === null) return '';
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time that such an input means; null while it is empty. */
export function fromLocalInput(value: string): string | null {
  const date = new Date(value);
  return value === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
