/** Where an arrow key leads. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/** The keys that go from unit to unit. */
export const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface Place {
  code: string;
  /** Longitude and latitude. */
  centre: readonly number[];
}

const headings: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, 1],
  down: [0, -1],
};

/**
 * The unit one comes to from a place in a direction: what lies ahead counts by its distance, what lies aside
 * double, and nothing that lies more aside than ahead of twice that. Undefined at the edge.
 */
export function stepTo<P extends Place>(
  from: Place,
  places: readonly P[],
  direction: Direction,
): P | undefined {
  const [east, north] = headings[direction];
  const shrink = Math.cos(((from.centre[1] ?? 0) * Math.PI) / 180); // a degree of longitude is shorter
  let best: P | undefined;
  let least = Infinity;
  for (const place of places) {
    if (place.code === from.code) continue;
    const dx = ((place.centre[0] ?? 0) - (from.centre[0] ?? 0)) * shrink;
    const dy = (place.centre[1] ?? 0) - (from.centre[1] ?? 0);
    const ahead = dx * east + dy * north;
    const aside = Math.abs(dx * north) + Math.abs(dy * east);
    const far = ahead + 2 * aside;
    if (ahead <= 0 || aside > 2 * ahead || far >= least) continue;
    best = place;
    least = far;
  }
  return best;
}

/** The unit nearest to a place: where the keyboard begins. */
export function nearestTo<P extends Place>(from: Place, places: readonly P[]): P | undefined {
  const far = ({ centre }: Place): number =>
    Math.hypot((centre[0] ?? 0) - (from.centre[0] ?? 0), (centre[1] ?? 0) - (from.centre[1] ?? 0));
  return places.reduce<P | undefined>(
    (best, place) => (best === undefined || far(place) < far(best) ? place : best),
    undefined,
  );
}
