const name = 'toancanh.reloaded';

/** A page that has loaded itself anew for a missing part does not do so again within this long, milliseconds. */
const patience = 60_000;

/** Whether a page may load itself anew now for a part that is missing; one that did so in vain must not turn in circles. */
export function mayReload(kept: Pick<Storage, 'getItem' | 'setItem'>, now: number): boolean {
  const last = Number(kept.getItem(name) ?? -Infinity);
  if (now >= last && now - last < patience) return false;
  kept.setItem(name, String(now));
  return true;
}
