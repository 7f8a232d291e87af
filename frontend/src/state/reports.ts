import type { Catalog, ReportCount, Reports } from '../api/types';
import { kindOf, periodsOf } from '../format/period';
import { notApplicable, type Paint } from '../map/classes';
import { statusColours, type Theme } from '../map/palette';
import type { Scale } from '../map/scales';
import type { Entry } from './calendar';

/** How the reports can be looked at; the first is not written into the address. */
export const reportViews = ['unit', 'agency', 'measure', 'calendar', 'submissions'] as const;
export type ReportView = (typeof reportViews)[number];

/** What became of reports, as it is stacked and listed. */
export const reportStates = ['in_time', 'late', 'awaited', 'overdue'] as const;
export type ReportState = (typeof reportStates)[number];

/** Reports of a count by state: missing ones are awaited until their due day has passed. Adds up to what is expected. */
export function statesOf(count: ReportCount): Record<ReportState, number> {
  const { in_time, late, missing, overdue } = count;
  return { in_time, late, awaited: missing - overdue, overdue };
}

/** How a unit stands: the worst that is true of any of its reports; null when it owes none. */
export function standingOf(count: ReportCount): ReportState | null {
  if (count.expected === 0) return null;
  const states = statesOf(count);
  return (['overdue', 'awaited', 'late'] as const).find((state) => states[state] > 0) ?? 'in_time';
}

/** Received of expected, per cent; null where nothing is expected. */
export function receivedShare({ received, expected }: ReportCount): number | null {
  return expected === 0 ? null : (100 * received) / expected;
}

/** Those with most overdue first, then most awaited, then most late; of equal ones in the order they come in. */
export function byArrears<T extends ReportCount>(rows: readonly T[]): T[] {
  return [...rows].sort(
    (a, b) => b.overdue - a.overdue || b.missing - a.missing || b.late - a.late,
  );
}

/** Colours of units by their standing; those that owe nothing lie on bare land. */
export function standingScale(theme: Theme, of: (unit: string) => ReportCount | undefined): Scale {
  const [achieved = '', , atRisk = '', behind = '', quiet = ''] = statusColours(theme);
  const paint = (row: object): Paint => {
    const count = of((row as { unit: string }).unit);
    const standing = count && standingOf(count);
    return standing ? reportStates.indexOf(standing) : notApplicable;
  };
  return { by: 'status', breaks: [], colours: [achieved, atRisk, quiet, behind], paint };
}

/** How many periods one can go back. */
const periodsBack = 14;

/** Periods reports can be asked for, the latest first: those of the reporting round that have begun. */
export function reportPeriods(
  catalog: Pick<Catalog, 'indicators'> & { calendar: Pick<Catalog['calendar'], 'round'> },
): string[] {
  const { round } = catalog.calendar;
  const kind = round ? kindOf(round.period) : 'month';
  const told = catalog.indicators.find(
    ({ period_kinds, periods }) => (period_kinds as string[]).includes(kind) && periods.length > 0,
  );
  return told ? periodsOf(kind, told).slice(-periodsBack).reverse() : [];
}

/** Due days of what is owed for a period, each with the measures due then; those without a day are left out. */
export function dueDays(measures: Reports['measures']): Entry[] {
  return measures.flatMap((measure) =>
    measure.due
      ? [
          {
            kind: 'report' as const,
            id: measure.measure,
            date: measure.due,
            name: { vi: measure.name, en: measure.name },
          },
        ]
      : [],
  );
}
