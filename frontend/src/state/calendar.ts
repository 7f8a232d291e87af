import type { Calendar, Role, Text } from '../api/types';
import { dayAfter, type Ahead } from './headline';

/** What can happen on a day, in the order it is listed and marked. */
export type Kind = 'report' | 'meeting' | 'task';

/** Something that is due. */
export interface Entry {
  kind: Kind;
  /** Of the step, the meeting or the task. */
  id: string;
  date: string;
  name: Text;
  /** The period a report or a meeting is about. */
  period?: string;
  /** Assignments of a task not reported done. */
  open?: number;
}

/** Reports, meetings and deadlines of tasks by day; on the same day in the order of their kinds. */
export function entriesOf(agenda: Calendar['agenda'], ahead: readonly Ahead[]): readonly Entry[] {
  const kinds: readonly Kind[] = ['report', 'meeting', 'task'];
  const tasks = ahead.map(({ task, date, open }): Entry => {
    return { kind: 'task', id: task.ref, date, name: task.title, open };
  });
  return [...agenda, ...tasks].sort(
    (a, b) => a.date.localeCompare(b.date) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind),
  );
}

/** Entries under their months, "2022-11", in order. */
export function byMonth(entries: readonly Entry[]): { month: string; entries: Entry[] }[] {
  const months: { month: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const month = entry.date.slice(0, 7);
    const last = months.at(-1);
    if (last?.month === month) last.entries.push(entry);
    else months.push({ month, entries: [entry] });
  }
  return months;
}

/** Days from one civil day to another; negative when the other is past. */
export function daysUntil(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The month so many after another: "2022-11" and 2 is "2023-01". */
export function monthAfter(month: string, n: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + n, 1)).toISOString().slice(0, 7);
}

/** A run of days off that go by one name. */
export interface Break {
  from: string;
  to: string;
  name: Text;
  kind: string;
  provisional: boolean;
}

/** Days off from a day to the end of the year after, days in a row with the same name as one. */
export function breaksFrom(holidays: Calendar['holidays'], day: string): Break[] {
  const breaks: Break[] = [];
  const until = `${Number(day.slice(0, 4)) + 1}-12-31`;
  for (const off of holidays.flatMap((year) => year.days_off)) {
    const last = breaks.at(-1);
    const goesOn =
      last &&
      last.name.vi === off.name.vi &&
      last.kind === off.kind &&
      dayAfter(last.to, 1) === off.date;
    if (goesOn) last.to = off.date;
    else {
      const { date, name, kind, provisional } = off;
      breaks.push({ from: date, to: date, name, kind, provisional });
    }
  }
  return breaks.filter((one) => one.to >= day && one.from <= until);
}

/** Saturdays and the like that are worked from a day on, within the same span. */
export function workedFrom(
  holidays: Calendar['holidays'],
  day: string,
): { date: string; instead_of: string }[] {
  const until = `${Number(day.slice(0, 4)) + 1}-12-31`;
  return holidays
    .flatMap((year) => year.working_days)
    .filter((worked) => worked.date >= day && worked.date <= until);
}

/** A day in the sheet of a month. */
export interface Day {
  date: string;
  /** Nobody works: the weekly rest, or a day off with a name. */
  off: boolean;
  holiday?: Text;
  kinds: readonly Kind[];
}

/** A month as weeks from Monday to Sunday; null where the week belongs to another month. */
export function sheet(
  month: string,
  calendar: Pick<Calendar, 'weekly_rest' | 'holidays'>,
  entries: readonly Entry[],
): (Day | null)[][] {
  const years = calendar.holidays;
  const named = new Map(years.flatMap((year) => year.days_off.map((off) => [off.date, off.name])));
  const worked = new Set(years.flatMap((year) => year.working_days.map(({ date }) => date)));
  const weeks: (Day | null)[][] = [];
  let week: (Day | null)[] = [];
  for (let date = `${month}-01`; date.startsWith(month); date = dayAfter(date, 1)) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const place = (weekday + 6) % 7;
    if (place === 0 || weeks.length === 0) {
      week = Array<Day | null>(7).fill(null);
      weeks.push(week);
    }
    const holiday = named.get(date);
    const rest = calendar.weekly_rest.includes(weekday) && !worked.has(date);
    const kinds = new Set(entries.filter((entry) => entry.date === date).map(({ kind }) => kind));
    week[place] = {
      date,
      off: rest || holiday !== undefined,
      ...(holiday && { holiday }),
      kinds: [...kinds],
    };
  }
  return weeks;
}

/** The role that owns a step or a meeting. */
export function ownerOf(roles: readonly Role[], id: string): Role | undefined {
  return roles.find((role) => role.owns.includes(id));
}
