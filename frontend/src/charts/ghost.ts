import type { Population, PopulationBand } from '../api/types';

/** People of an age band the unit would have with the make-up of another. */
export interface GhostBand {
  from: number;
  male: number;
  female: number;
}

type People = Pick<Population, 'bands'>;

const known = ({ male, female }: PopulationBand): boolean => male !== null && female !== null;
const people = ({ male, female }: PopulationBand): number => (male ?? 0) + (female ?? 0);
const sum = (bands: readonly PopulationBand[]): number =>
  bands.reduce((n, band) => n + people(band), 0);

/**
 * The make-up of a larger population at the size of a smaller one, band by band, over the bands
 * that are known of both: a hidden one has no outline, and counts on neither side. Empty when the
 * bands are cut differently, or more than half of them are hidden.
 */
export function ghostBands(own: People, other: People): GhostBand[] {
  const mine = new Map(own.bands.filter(known).map((band) => [band.from, band]));
  const theirs = other.bands.filter((band) => known(band) && mine.has(band.from));
  const alike =
    own.bands.map(({ from }) => from).join() === other.bands.map(({ from }) => from).join();
  const size = sum(theirs.flatMap(({ from }) => mine.get(from) ?? []));
  const whole = sum(theirs);
  if (!alike || size === 0 || whole === 0 || theirs.length * 2 < own.bands.length) return [];
  return theirs.map(({ from, male, female }) => ({
    from,
    male: ((male ?? 0) * size) / whole,
    female: ((female ?? 0) * size) / whole,
  }));
}
