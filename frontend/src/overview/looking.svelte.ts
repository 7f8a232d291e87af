import { apiPath } from '../api/client';
import { concerns, type Change } from '../api/live.svelte';
import type { Indicator, Level, RankingRow, SeriesPoint, Unit, Value } from '../api/types';
import { askable, carryPeriod } from '../format/period';
import { useAnswer, type Answer } from '../state/answer.svelte';
import { theProgramme } from '../state/context';
import { here } from '../state/location.svelte';

/** What the second map shows. */
export interface BesideView {
  indicator: Indicator;
  period: string;
  level: string;
}

/**
 * What the overview looks at: the address with the defaults filled in, and the answers about it.
 * Make one while the component is set up.
 */
export class Looking {
  readonly #programme = theProgramme();

  readonly indicator: Indicator | undefined = $derived.by(
    () => this.#programme.indicator(here.view.indicator) ?? this.#programme.catalog.indicators[0],
  );
  readonly unit: Unit = $derived.by(
    () => this.#programme.unit(here.view.unit) ?? this.#programme.root,
  );
  /** Levels the indicator has figures for; none when they are collected for the whole alone. */
  readonly levels: readonly Level[] = $derived.by(() =>
    this.indicator ? this.#programme.levelsOf(this.indicator) : [],
  );
  readonly finest: string = $derived.by(
    () => this.levels.at(-1)?.id ?? this.#programme.lowestLevel.id,
  );
  readonly level: string = $derived.by(
    () => this.levels.find((l) => l.id === here.view.level)?.id ?? this.finest,
  );
  readonly mapped: boolean = $derived.by(() => this.levels.length > 0);
  readonly period: string = $derived.by(() => {
    const { period } = here.view;
    const { indicator } = this;
    if (period && indicator && askable(period, indicator)) return period;
    return indicator?.default_period ?? '';
  });

  /** A second map, when the address asks for a period of this indicator or for another indicator. */
  readonly beside: BesideView | null = $derived.by(() => {
    const asked = here.view.beside;
    if (!asked || !this.indicator || !this.mapped) return null;
    const other = this.#programme.indicator(asked);
    if (!other) {
      const known = askable(asked, this.indicator);
      return known ? { indicator: this.indicator, period: asked, level: this.level } : null;
    }
    const levels = this.#programme.levelsOf(other).map(({ id }) => id);
    const level = levels.includes(this.level) ? this.level : levels.at(-1);
    if (level === undefined) return null;
    const period = carryPeriod(here.view.period, other) ?? other.default_period;
    return { indicator: other, period, level };
  });

  readonly ranking: Answer<RankingRow[]>;
  /** Of the second map. */
  readonly second: Answer<RankingRow[]>;
  /** Values of the unit and of all above it. */
  readonly chain: Answer<Value[]>;
  readonly series: Answer<SeriesPoint[]>;

  constructor() {
    const concerned = (change: Change): boolean =>
      this.indicator !== undefined && concerns(change, this.indicator.id);
    const root = (): string => this.#programme.root.code;
    this.ranking = useAnswer(
      () =>
        this.mapped
          ? this.#about('ranking', { level: this.level, within: root(), period: this.period })
          : null,
      concerned,
      { leads: true },
    );
    this.second = useAnswer(
      () => {
        if (!this.beside) return null;
        const { indicator, level, period } = this.beside;
        return apiPath(`indicators/${indicator.id}/ranking`, { level, within: root(), period });
      },
      (change) => this.beside !== null && concerns(change, this.beside.indicator.id),
    );
    this.chain = useAnswer(() => {
      const path = this.#programme.path(this.unit.code).map((unit) => unit.code);
      return this.#about('values', { unit: path.join(','), period: this.period });
    }, concerned);
    this.series = useAnswer(() => this.#about('series', { unit: this.unit.code }), concerned);
  }

  #about(what: string, query: Record<string, string | undefined>): string | null {
    return this.indicator ? apiPath(`indicators/${this.indicator.id}/${what}`, query) : null;
  }

  /** Going to a unit; from a coarser level one comes to see what lies inside it. */
  unitHref(code: string): string {
    return here.with({
      unit: code === this.#programme.root.code ? undefined : code,
      level: undefined,
    });
  }

  /** Where a row of the ranking leads: units of the level asked for stay at that level. */
  rowHref(code: string): string {
    const same = this.#programme.unit(code)?.level === here.view.level;
    return same && this.unit.code !== code ? here.with({ unit: code }) : this.unitHref(code);
  }

  levelHref(id: string): string {
    return here.with({ level: id === this.finest ? undefined : id });
  }

  pickPeriod(id: string): void {
    const period = id === this.indicator?.default_period ? undefined : id;
    here.go(here.with({ period }), { replace: true });
  }

  /** A click on the map: one level down towards the unit, or to it. */
  pick(code: string): void {
    const next = this.#programme.drill(this.unit, code);
    if (next) here.go(this.unitHref(next.code));
  }
}
