import { apiPath } from '../api/client';
import { concerns, type Change } from '../api/live.svelte';
import type { Indicator, Population, RankingRow, Reports, Scene, Task, Value } from '../api/types';
import { useAnswer, type Answer } from '../state/answer.svelte';
import type { Programme } from '../state/programme.svelte';
import type { Reason } from './failures';

/**
 * A scene and its answers. All scenes keep theirs and keep them fresh, so that none ever comes up blank. Make one while
 * the component is set up.
 */
export class Show {
  readonly ranking: Answer<RankingRow[]>;
  readonly whole: Answer<Value[]>;
  readonly tasks: Answer<Task[]>;
  readonly reports: Answer<Reports>;
  readonly people: Answer<Population>;
  readonly indicator: Indicator | undefined;

  constructor(
    readonly scene: Scene,
    programme: Programme,
  ) {
    const { kind, level } = scene;
    const root = programme.root.code;
    this.indicator = programme.indicator(scene.indicator);
    const concerned = (change: Change): boolean => concerns(change, scene.indicator);
    const about = (what: string, query: Record<string, string>): string | null =>
      this.indicator ? apiPath(`indicators/${scene.indicator}/${what}`, query) : null;
    const of = (asked: Scene['kind'], path: () => string): string | null =>
      kind === asked ? path() : null;
    this.ranking = useAnswer(() => about('ranking', { level, within: root }), concerned, {
      leads: true,
    });
    this.whole = useAnswer(() => about('values', { unit: root }), concerned);
    this.tasks = useAnswer(
      () => of('tasks', () => apiPath('tasks')),
      (change) => change.tasks,
    );
    this.reports = useAnswer(
      () => of('reports', () => apiPath('reports', { level })),
      (change) => change.indicators.length > 0,
    );
    this.people = useAnswer(
      () => of('pyramid', () => apiPath('population', { unit: root })),
      (change) => concerns(change, 'population_total'),
    );
  }

  /** The answer the scene cannot do without; a clock needs none. */
  get subject(): Answer<unknown> | null {
    switch (this.scene.kind) {
      case 'clock':
        return null;
      case 'tasks':
        return this.tasks;
      case 'reports':
        return this.reports;
      case 'pyramid':
        return this.people;
      case 'map':
      case 'ranking':
        return this.ranking;
    }
  }

  /** All answers the scene shows, one a tile. */
  get tiles(): readonly Answer<unknown>[] {
    const { subject } = this;
    if (subject === null) return [];
    return this.scene.kind === 'map' ? [subject, this.whole] : [subject];
  }

  get ready(): boolean {
    return this.subject === null || this.subject.data !== null;
  }

  /** Why there is nothing to show, once that is known. */
  get lacking(): Reason | null {
    const { subject } = this;
    if (subject === null || subject.data !== null || !subject.failed) return null;
    const { problem } = subject;
    return problem && problem.status < 500 ? 'refused' : 'unanswered';
  }
}
