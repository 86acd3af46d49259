import { PLOTS } from './plots.ts';

/**
 * The script of the page: it fetches the page every 5 seconds and replaces the parts that changed.
 * Focus, scroll positions, open details and selected text stay.
 */
export const CLIENT: string = `
(() => {
  ${PLOTS}
  const state = document.getElementById('updates');
  const say = (text) => { if (state.textContent !== text) state.textContent = text };
  const isSelected = (part) => {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode);
  };
  const update = (text) => {
    const next = new DOMParser().parseFromString(text, 'text/html');
    if (next.getElementById('updates') === null) throw new Error('This is another page.');
    document.title = next.title;
    for (const part of document.querySelectorAll('[data-live]')) {
      const fresh = next.getElementById(part.id);
      if (fresh === null) continue;
      if (part === lines && window.uPlot) {
        drawLines(fresh);
        continue;
      }
      if (fresh.innerHTML === part.innerHTML || isSelected(part)) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
      part.replaceChildren(...fresh.childNodes);
      if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
    }
  };
  let isPolling = false;
  const poll = async () => {
    if (document.hidden || isPolling) return;
    isPolling = true;
    const late = setTimeout(() => say('The process has not responded for 3 seconds.'), 3000);
    try {
      const response = await fetch(location.pathname + location.search, { cache: 'no-store', signal: AbortSignal.timeout(15000) });
      if (!response.ok) throw new Error('Status ' + response.status);
      update(await response.text());
      say('The page updates every 5 seconds.');
    } catch {
      say('The process does not respond. The figures are those of the time above.');
    } finally {
      clearTimeout(late);
      isPolling = false;
    }
  };
  say('The page updates every 5 seconds.');
  setInterval(poll, 5000);
  document.addEventListener('visibilitychange', poll);
})();
`;
