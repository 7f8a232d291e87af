import type { AssignmentStatus, Flag, Indicator, Status, Value } from '../api/types';
import type { Lang, Messages } from '../i18n';
import { formatNumber } from './value';

/** The word for the status of an indicator. */
export function statusWord(status: Status, m: Messages): string {
  const words: Record<Status, string> = {
    achieved: m.statusAchieved,
    on_track: m.statusOnTrack,
    at_risk: m.statusAtRisk,
    behind: m.statusBehind,
    not_yet_due: m.statusNotYetDue,
    no_target: m.statusNoTarget,
    no_data: m.statusNoData,
    not_applicable: m.statusNotApplicable,
  };
  return words[status];
}

/** The words for a flag: what to know before trusting the value. */
export function flagWords(flag: Flag, m: Messages): string {
  const words: Record<Flag, string> = {
    estimated: m.flagEstimated,
    partial: m.flagPartial,
    stale: m.flagStale,
    carried_forward: m.flagCarriedForward,
    suppressed: m.flagSuppressed,
    corrected: m.flagCorrected,
    implausible: m.flagImplausible,
  };
  return words[flag];
}

/** What a flag means for whoever reads the value, in a sentence. */
export function flagExplained(flag: Flag, m: Messages): string {
  const sentences: Record<Flag, string> = {
    estimated: m.explainEstimated,
    partial: m.explainPartial,
    stale: m.explainStale,
    carried_forward: m.explainCarried,
    suppressed: m.explainSuppressed,
    corrected: m.explainCorrected,
    implausible: m.explainImplausible,
  };
  return sentences[flag];
}

/** Whether an indicator counts assignments instead of what units report. */
export function overTasks(indicator: Pick<Indicator, 'formula'>): boolean {
  return ['completion', 'on_time'].includes(indicator.formula.kind);
}

/** Whether values are counts, which grow with the unit and say nothing of one beside another. */
export function isCount(indicator: Pick<Indicator, 'formula'>): boolean {
  const { kind, parts } = indicator.formula;
  return kind === 'sum' || (kind === 'difference' && parts.length === 0);
}

/** Who stands behind a value: "115/136 xã đã báo cáo"; rates over tasks cover assignments. */
export function coverageWords(
  coverage: Value['coverage'],
  indicator: Pick<Indicator, 'formula'>,
  level: string,
  lang: Lang,
  m: Messages,
): string {
  const [reported, expected] = [coverage.reported, coverage.expected].map((n) =>
    formatNumber(n, lang),
  ) as [string, string];
  if (indicator.formula.parts.length > 0) return m.coverageOfParts(reported, expected);
  return overTasks(indicator)
    ? m.coverageOfTasks(reported, expected)
    : m.coverageOf(reported, expected, level);
}

/** Statuses of assignments in the order they are stacked and listed: finished first. */
export const assignmentStatuses: readonly AssignmentStatus[] = [
  'done',
  'done_late',
  'reported_done',
  'in_progress',
  'continuous',
  'waiting',
  'not_started',
  'overdue',
];

/** The words for the status of an assignment. */
export function assignmentWords(status: AssignmentStatus, m: Messages): string {
  const words: Record<AssignmentStatus, string> = {
    not_started: m.taskNotStarted,
    in_progress: m.taskInProgress,
    reported_done: m.taskReportedDone,
    done: m.taskDone,
    done_late: m.taskDoneLate,
    overdue: m.taskOverdue,
    waiting: m.taskWaiting,
    continuous: m.taskContinuous,
  };
  return words[status];
}

/** The word for a kind of period: "Tháng", "Quý (chế độ báo cáo)". */
export function kindWord(kind: string, m: Messages): string {
  const statutory = kind.startsWith('statutory_');
  const words: Record<string, string> = {
    day: m.kindDay,
    week: m.kindWeek,
    month: m.kindMonth,
    quarter: m.kindQuarter,
    half: m.kindHalf,
    year: m.kindYear,
  };
  const word = words[statutory ? kind.slice('statutory_'.length) : kind] ?? kind;
  return statutory ? m.kindStatutory(word) : word;
}
