import type { ReportCount } from '../api/types';
import type { Part } from '../charts/PartsBar.svelte';
import type { Messages } from '../i18n';
import { reportStates, statesOf, type ReportState } from '../state/reports';

/** The word for what became of a report. */
export function reportWord(state: ReportState, m: Messages): string {
  const words: Record<ReportState, string> = {
    in_time: m.reportInTime,
    late: m.reportLate,
    awaited: m.reportAwaited,
    overdue: m.reportOverdue,
  };
  return words[state];
}

/** The token its bar is filled with. */
export const reportFill: Record<ReportState, string> = {
  in_time: 'var(--achieved-fill)',
  late: 'var(--at-risk-fill)',
  awaited: 'var(--quiet-fill)',
  overdue: 'var(--behind-fill)',
};

/** Reports of a count as the parts of a bar. */
export function reportParts(count: ReportCount, m: Messages): Part[] {
  const states = statesOf(count);
  return reportStates.map((id) => ({
    id,
    word: reportWord(id, m),
    n: states[id],
    fill: reportFill[id],
  }));
}
