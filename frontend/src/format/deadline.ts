import type { Deadline } from '../api/types';
import { textIn, type Lang, type Messages } from '../i18n';
import { formatDate } from './date';
import { cycleWord, periodLabel } from './period';

/** What a deadline needs beside itself to be put into words. */
export interface Reader {
  m: Messages;
  lang: Lang;
  /** Name of a level in the language. */
  level: (id: string) => string;
}

type Stage = NonNullable<Deadline['stages']>[number];

/** A line of a deadline, with the stage it is about. */
export interface DeadlineLine {
  words: string;
  stage?: Stage;
}

/** A deadline as the plan states it, in a line for each of its stages. */
export function deadlineLines(deadline: Deadline, reader: Reader): DeadlineLine[] {
  if (deadline.kind !== 'staged') return [{ words: deadlineWords(deadline, reader) }];
  const { m, lang, level } = reader;
  return (deadline.stages ?? []).map((stage) => ({
    words: m.deadlineStage(level(stage.level), formatDate(stage.date, lang)),
    stage,
  }));
}

/** A deadline as the plan states it, in one line. */
export function deadlineWords(deadline: Deadline, reader: Reader): string {
  const { m, lang } = reader;
  const date = deadline.date ?? '';
  const [year = 0, month = 0] = date.split('-').map(Number);
  switch (deadline.kind) {
    case 'date':
      return m.deadlineDate(formatDate(date, lang));
    case 'month_end':
      return m.deadlineMonthEnd(month, year);
    case 'before':
      return month === 12 ? m.deadlineBefore(1, year + 1) : m.deadlineBefore(month + 1, year);
    case 'year_end':
      return m.deadlineYearEnd(year);
    case 'year_onward':
      return m.deadlineYearOnward(year);
    case 'month_then_continuous':
      return m.deadlineMonthThenContinuous(month, year);
    case 'staged':
      return deadlineLines(deadline, reader)
        .map((line) => line.words)
        .join('; ');
    case 'from_month':
      return m.deadlineFromMonth(month, year);
    case 'continuous':
      return m.deadlineContinuous;
    case 'none_stated':
      return m.deadlineNoneStated;
    case 'conditional':
      return conditionWords(deadline, reader);
    case 'recurring':
      return cycleWords(deadline, reader);
  }
}

function conditionWords(deadline: Deadline, { m, lang }: Reader): string {
  const { condition, days = 0, date } = deadline;
  if (!condition) return m.deadlineNoneStated;
  const words = [m.deadlineCondition(textIn(condition.name, lang))];
  if (condition.met_on) words.push(m.deadlineConditionMet(formatDate(condition.met_on, lang)));
  if (condition.due) words.push(m.deadlineDue(formatDate(condition.due, lang)));
  else if (days > 0) words.push(m.deadlineWithin(String(days)));
  else if (date && !condition.met_on) words.push(m.deadlineDue(formatDate(date, lang)));
  return words.join(', ');
}

function cycleWords(deadline: Deadline, { m, lang }: Reader): string {
  const { cycle } = deadline;
  if (!cycle) return m.deadlineNoneStated;
  const words = [cycleWord(cycle.first, m)];
  if (cycle.days_after > 0) words.push(m.deadlineDaysAfter(String(cycle.days_after)));
  if (cycle.last) words.push(m.deadlineLastPeriod(periodLabel(cycle.last, m, lang)));
  return words.join(', ');
}
