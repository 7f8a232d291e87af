import type { Catalog, Task } from '../api/types';
import { textIn, type Lang } from '../i18n';
import { byConcern, byGroup, byLead, type Concern, type TaskView } from '../state/tasks';

/** A heading with the tasks under it. */
export interface Section {
  id: string;
  name: string;
  /** Stands before the name, where the plan numbers its parts. */
  number?: string;
  tasks: readonly Task[];
}

/** Tasks under the headings of a view; along time they stand as the plan has them, by what presses elsewhere. */
export function sectionsOf(
  view: TaskView,
  tasks: readonly Task[],
  today: string,
  catalog: Pick<Catalog, 'task_groups' | 'agencies'>,
  lang: Lang,
  words: Record<Concern, string>,
): Section[] {
  const pressing = (part: readonly Task[]): Task[] =>
    byConcern(part, today).flatMap((concern) => concern.tasks);
  switch (view) {
    case 'agency':
      return byLead(tasks, catalog.agencies).map(({ agency, tasks: part }) => ({
        id: agency.id,
        name: textIn(agency.name, lang),
        tasks: pressing(part),
      }));
    case 'group':
    case 'timeline':
      return byGroup(tasks, catalog.task_groups).map(({ group, tasks: part }) => ({
        id: group.id,
        number: group.id,
        name: textIn(group.name, lang),
        tasks: view === 'group' ? pressing(part) : part,
      }));
    default:
      return byConcern(tasks, today).map(({ concern, tasks: part }) => ({
        id: concern,
        name: words[concern],
        tasks: part,
      }));
  }
}
