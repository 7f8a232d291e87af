import type { Agency, BoundarySet, Catalog, Indicator, Level, Text, Unit } from '../api/types';
import { carryPeriod } from '../format/period';
import { textIn, type Lang } from '../i18n';
import { collectedAt } from './levels';
import { grouped, indexed } from './lookup';

/**
 * The programme as the server describes it: catalogue, units and boundary set, with the look-ups
 * the pages need. It is loaded with the page and renewed in place, so that a wall never goes blank
 * for it: who reads it is told, and only of what has become different.
 */
export class Programme {
  catalog: Catalog;
  units: readonly Unit[];
  boundaries: BoundarySet;
  /** Boundary sets questions can be asked on, the earliest first. */
  sets: readonly BoundarySet[];

  readonly levels: readonly Level[] = $derived.by(() =>
    [...this.catalog.levels].sort((a, b) => a.rank - b.rank),
  );
  readonly #units = $derived.by(() => indexed(this.units, (unit) => unit.code));
  readonly #children = $derived.by(() => grouped(this.units, (unit) => unit.parent ?? ''));
  readonly #indicators = $derived.by(() => indexed(this.catalog.indicators, (i) => i.id));
  readonly #agencies = $derived.by(() => indexed(this.catalog.agencies, (a) => a.id));
  readonly root: Unit = $derived.by(() => there(this.#units.get(this.catalog.root), 'root unit'));
  /** The level figures are shown at unless the address says otherwise: the lowest. */
  readonly lowestLevel: Level = $derived.by(() => there(this.levels.at(-1), 'level'));

  constructor(
    catalog: Catalog,
    units: readonly Unit[],
    boundaries: BoundarySet,
    sets: readonly BoundarySet[] = [boundaries],
  ) {
    this.catalog = $state.raw(catalog);
    this.units = $state.raw(units);
    this.boundaries = $state.raw(boundaries);
    this.sets = $state.raw(sets);
  }

  /** Takes what the server says now; what says the same stays the same object, and nothing is drawn again for it. */
  renew(
    catalog: Catalog,
    units: readonly Unit[],
    boundaries: BoundarySet,
    sets: readonly BoundarySet[] = [boundaries],
  ): void {
    this.catalog = unlessSame(this.catalog, catalog);
    this.units = unlessSame(this.units, units);
    this.boundaries = unlessSame(this.boundaries, boundaries);
    this.sets = unlessSame(this.sets, sets);
  }

  /** Levels a map can be coloured by: all below the root. */
  get shownLevels(): readonly Level[] {
    return this.levels.slice(1);
  }

  unit(code: string | undefined): Unit | undefined {
    return code === undefined ? undefined : this.#units.get(code);
  }

  children(code: string): readonly Unit[] {
    return this.#children.get(code) ?? [];
  }

  unitsAt(level: string): readonly Unit[] {
    return this.units.filter((unit) => unit.level === level);
  }

  levelName(id: string, lang: Lang): string {
    return textIn(this.level(id)?.name ?? { vi: '', en: '' }, lang);
  }

  level(id: string | undefined): Level | undefined {
    return this.levels.find((level) => level.id === id);
  }

  /** The level an indicator's figures are collected at: below it they say nothing. */
  collectedAt(indicator: Indicator): Level {
    return collectedAt(indicator, this.catalog, this.levels) ?? this.lowestLevel;
  }

  /** Whether an indicator says anything of a unit: of one below where its figures are collected it does not. */
  reaches(indicator: Indicator, unit: Unit): boolean {
    return (this.level(unit.level)?.rank ?? 0) <= this.collectedAt(indicator).rank;
  }

  /** A period that any of the indicators can be asked for; undefined for all others. */
  asked(period: string | undefined): string | undefined {
    return this.catalog.indicators.some((one) => carryPeriod(period, one) !== undefined)
      ? period
      : undefined;
  }

  /** Levels an indicator can be coloured by: those below the root that its figures reach. */
  levelsOf(indicator: Indicator): readonly Level[] {
    const { rank } = this.collectedAt(indicator);
    return this.shownLevels.filter((level) => level.rank <= rank);
  }

  indicator(id: string | undefined): Indicator | undefined {
    return id === undefined ? undefined : this.#indicators.get(id);
  }

  agency(id: string): Agency | undefined {
    return this.#agencies.get(id);
  }

  /** "Huyện Tam Đảo"; English readers get "Tam Đảo district". */
  fullName(unit: Unit, lang: Lang): string {
    if (lang === 'vi') return unit.full_name;
    return `${unit.name} ${this.levelName(unit.level, lang).toLowerCase()}`.trim();
  }

  /** Short name of an agency, full name of a unit, by its bare id. */
  shortParty(id: string, lang: Lang): string {
    const agency = this.agency(id);
    if (agency) return textIn(agency.short_name, lang);
    const unit = this.unit(id);
    return unit ? this.fullName(unit, lang) : id;
  }

  /** The level the units below one stand at; its own for a unit with nothing below it. */
  levelBelow(code: string): Level | undefined {
    return this.level(this.children(code)[0]?.level ?? this.unit(code)?.level);
  }

  /** Name of who is meant by "unit:CODE" or "agency:ID", as tasks and obstacles write it. */
  party(ref: string, lang: Lang): string {
    const [kind, id = ''] = ref.split(':');
    if (kind === 'agency') return textIn(this.agency(id)?.name ?? { vi: id, en: id }, lang);
    const unit = this.unit(id);
    return unit ? this.fullName(unit, lang) : ref;
  }

  /** From the root down to the unit, both included. */
  path(code: string): readonly Unit[] {
    const unit = this.#units.get(code);
    if (!unit) return [];
    return unit.parent === null ? [unit] : [...this.path(unit.parent), unit];
  }

  /** The unit the map fits to: the unit itself, or for one of the lowest level its parent. */
  frame(unit: Unit): Unit {
    const lowest = unit.level === this.lowestLevel.id;
    return (lowest && unit.parent !== null && this.#units.get(unit.parent)) || unit;
  }

  /** Whether the code lies in the area, or is it. */
  contains(area: string, code: string): boolean {
    return this.path(code).some((unit) => unit.code === area);
  }

  /** Indicators under their headings, in the order of the catalogue; a heading over nothing is left out. */
  get groups(): readonly { id: string; name: Text; indicators: readonly Indicator[] }[] {
    const groups = grouped(this.catalog.indicators, (i) => i.group);
    return this.catalog.indicator_groups.flatMap(({ id, name }) => {
      const indicators = groups.get(id);
      return indicators ? [{ id, name, indicators }] : [];
    });
  }

  /** Where a click on a unit leads from the focus: one level down towards it, or to it. */
  drill(focus: Unit, clicked: string): Unit | undefined {
    const from = this.path(this.frame(focus).code);
    const to = this.path(clicked);
    const shared = to.filter((unit, i) => unit === from[i]).length;
    return to[shared] ?? to.at(-1);
  }
}

function there<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`the catalogue has no ${what}`);
  return found;
}

/** The fresh value, or the old one when both say the same. */
function unlessSame<T>(old: T, fresh: T): T {
  return JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}
