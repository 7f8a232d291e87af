/** Whether the search stands open: the bar at the top and the keys both call it. */
class Searching {
  open = $state(false);

  /** Ctrl+K or ⌘K anywhere, a slash where nobody is typing. */
  onkeydown = (event: KeyboardEvent): void => {
    if (!calls(event)) return;
    event.preventDefault();
    this.open = true;
  };
}

/** Whether a key calls the search. */
export function calls(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { target: unknown },
): boolean {
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'k';
  const typing = (event.target as { matches?: (selector: string) => boolean } | null)?.matches?.(
    'input, textarea, select, [contenteditable]',
  );
  return event.key === '/' && !typing;
}

export const searching = new Searching();
