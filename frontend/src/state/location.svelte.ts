import { messages, type Lang, type Messages } from '../i18n';
import { upgrade } from './upgrade.svelte';
import { parsePlace, placeHref, type Page, type Place, type View } from './url';

/**
 * The address bar as state: the one owner of what is looked at. Components read `page` and
 * `view` and change them only by going to another address.
 */
class Location {
  #place = $state.raw<Place>(parsePlace(location.pathname, location.search));

  get page(): Page {
    return this.#place.page;
  }
  get view(): View {
    return this.#place.view;
  }
  get lang(): Lang {
    return this.#place.view.lang;
  }
  /** The dictionary of the page's language. */
  get m(): Messages {
    return messages(this.lang);
  }

  /** The address of a page; language and boundary set are kept, the rest of the view is as given. */
  href(page: Page, view: Partial<View> = {}): string {
    return placeHref({
      page,
      view: { lang: this.lang, boundaries: this.view.boundaries, ...view },
    });
  }

  /** The address of this page with some of its view changed. */
  with(changes: Partial<View>): string {
    return placeHref({ page: this.page, view: { ...this.view, ...changes } });
  }

  go(href: string, options: { replace?: boolean } = {}): void {
    if (options.replace) history.replaceState(null, '', href);
    else history.pushState(null, '', href);
    this.#read();
  }

  /** Follows the browser's back and forward, and plain clicks on links of our own pages. */
  start(): () => void {
    const read = (): void => this.#read();
    const click = (event: MouseEvent): void => this.#follow(event);
    addEventListener('popstate', read);
    document.addEventListener('click', click);
    return () => {
      removeEventListener('popstate', read);
      document.removeEventListener('click', click);
    };
  }

  #read(): void {
    this.#place = parsePlace(location.pathname, location.search);
  }

  #follow(event: MouseEvent): void {
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.origin !== location.origin) return;
    if (link.hasAttribute('download')) return; // a file, not a page
    if (link.getAttribute('href')?.startsWith('#')) return;
    const samePage = link.pathname === location.pathname;
    if (upgrade.ready && !samePage) return; // the way to another page is the moment to take the new ones
    event.preventDefault();
    this.go(link.pathname + link.search);
    if (!samePage) scrollTo(0, 0);
  }
}

export const here = new Location();
