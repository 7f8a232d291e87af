import type { Lang, Messages } from '../i18n';
import { dateFormat } from './intl';

/** The catalogue's civil days and programme time are those of Vietnam, wherever the reader is. */
const timeZone = 'Asia/Ho_Chi_Minh';

/** A civil day "2022-06-15" as "15/06/2022". */
export function formatDate(date: string, lang: Lang): string {
  return dateFormat(lang, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${date}T00:00:00Z`));
}

let isoDays: Intl.DateTimeFormat | undefined;

/** The civil day an instant falls on, "2022-11-20"; Swedish writes days as ISO 8601 does. */
export function dayOf(instant: string): string {
  isoDays ??= new Intl.DateTimeFormat('sv-SE', { timeZone });
  return isoDays.format(new Date(instant));
}

/** Day of an instant, "20/11/2022". */
export function formatDay(instant: string, lang: Lang): string {
  return dateFormat(lang, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone,
  }).format(new Date(instant));
}

/** Time of day of an instant, "10:32". */
export function formatTime(instant: string, lang: Lang): string {
  return dateFormat(lang, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(new Date(instant));
}

/** Time of day of an instant in milliseconds, to the second: "10:32:05". */
export function formatClock(instant: number, lang: Lang): string {
  return dateFormat(lang, {
    timeStyle: 'medium',
    hourCycle: 'h23',
    timeZone,
  }).format(new Date(instant));
}

/** Weekday of an instant, "Chủ Nhật". */
export function formatWeekday(instant: string, lang: Lang): string {
  return dateFormat(lang, { weekday: 'long', timeZone }).format(new Date(instant));
}

/** A stretch of time in the one unit that matters: "vài giây", "4 phút", "3 giờ", "2 ngày". */
export function formatAge(milliseconds: number, m: Messages): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return m.justNow;
  if (minutes < 60) return m.minutes(minutes);
  if (minutes < 48 * 60) return m.hours(Math.floor(minutes / 60));
  return m.days(Math.floor(minutes / (24 * 60)));
}
