import type { ReportCount, Submission } from '../api/types';
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

/** The word for how a submission ended. */
export function submissionWord(state: Submission['state'], m: Messages): string {
  const words: Record<Submission['state'], string> = {
    accepted: m.submissionAccepted,
    partly: m.submissionPartly,
    rejected: m.submissionRejected,
  };
  return words[state];
}

/** The word for what kind of rows a submission brought. */
export function datasetWord(dataset: Submission['dataset'], m: Messages): string {
  const words: Record<Submission['dataset'], string> = {
    observations: m.datasetObservations,
    population: m.datasetPopulation,
    'task-progress': m.datasetTasks,
  };
  return words[dataset];
}
