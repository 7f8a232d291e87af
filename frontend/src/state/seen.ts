/**
 * Calls once, when a good part of an element has come onto the screen, or with `ahead` when it soon will be;
 * gives the function that ends the waiting.
 */
export function whenSeen(
  element: HTMLElement,
  call: () => void,
  { ahead = false }: { ahead?: boolean } = {},
): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      call();
    },
    ahead ? { rootMargin: '0px 0px 30% 0px' } : { threshold: 0.25 },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
