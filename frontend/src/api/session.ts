import type { Problem } from './types';

/**
 * An access link carries its token behind the #, which browsers send to nobody: it stands in no log and no
 * Referer. It is taken out of the address bar and the history at once and exchanged for a cookie that
 * scripts cannot read; the page keeps nothing of it.
 */
const link = /^#token=(toancanh_[0-9A-Za-z_]+)$/;

/** How long to wait before asking again a server that did not answer. */
const again = 3000;

/** A browser keeps a cookie for 400 days at most; asking who one is renews it. */
const renewal = 24 * 3600 * 1000;

/** The token of an access link, removed from the address; null for any other address. */
export function takeToken(): string | null {
  const found = link.exec(location.hash);
  if (!found?.[1]) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return found[1];
}

/**
 * Exchanges the token of an access link, trying until the server answers: a wall may start before it. Gives
 * the reason when the token is refused, null when there is none or it was taken.
 */
export async function openSession(): Promise<Problem | null> {
  const token = takeToken();
  if (token === null) return null;
  for (;;) {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Accept-Language': document.documentElement.lang,
      },
    }).catch(() => null);
    if (answer?.ok) return null;
    if (answer && answer.status < 500 && answer.status !== 429)
      return (await answer.json().catch(() => null)) as Problem | null;
    await new Promise((wake) => setTimeout(wake, again));
  }
}

/** Keeps the session of a page that stays open for months; gives the function that ends it. */
export function keepSession(): () => void {
  const renew = (): void => void fetch('/api/v1/session').catch(() => null);
  renew();
  const timer = setInterval(renew, renewal);
  return () => clearInterval(timer);
}
