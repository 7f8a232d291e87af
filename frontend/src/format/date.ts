import type { Lang, Messages } from '../i18n';
import { dateFormat } from './intl';

/** The catalogue's civil days and programme time are those of Vietnam, wherever the reader is. */
const timeZone = 'Asia/Ho_Chi_Minh';

/**
 * Ahead of UTC all year round since 1975. Days and times of day are worked out with it: the first Intl.DateTimeFormat
 * of a page takes as long as a dozen rows of a table.
 */
const ahead = 7 * 3600 * 1000;

/** Day and time of day in Vietnam as ISO 8601 writes them, "2022-11-20T10:32:05.000". */
const civil = (instant: string): string =>
  new Date(Date.parse(instant) + ahead).toISOString().slice(0, -1);

/** How a language writes a civil day. */
const days: Record<Lang, (date: string) => string> = {
  vi: (date) => date.split('-').reverse().join('/'),
  en: (date) => date.split('-').reverse().join('/'),
};

/** A civil day "2022-06-15" as "15/06/2022". */
export function formatDate(date: string, lang: Lang): string {
  return days[lang](date);
}

/** The civil day an instant falls on, "2022-11-20". */
export function dayOf(instant: string): string {
  return civil(instant).slice(0, 10);
}

/** Day of an instant, "20/11/2022". */
export function formatDay(instant: string, lang: Lang): string {
  return formatDate(dayOf(instant), lang);
}

/** Time of day of an instant, "10:32". */
export function formatTime(instant: string): string {
  return civil(instant).slice(11, 16);
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
