import { CHART } from './chart.ts';

const { WIDTH, HEIGHT, SPAN_MS } = CHART;
const MS_PER_UNIT = SPAN_MS / WIDTH;

/**
 * The script of the page: it fetches the page every 5 seconds and replaces the parts that changed.
 * Focus, scroll positions, open details and selected text stay.
 *
 * Each line is a slider over its points: the mouse and the arrow keys choose one, its time and value
 * are shown beside the title, and a screen reader reads them.
 */
export const CLIENT: string = `
(() => {
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
      if (fresh === null || fresh.innerHTML === part.innerHTML || isSelected(part)) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
      isReplacing = true;
      part.replaceChildren(...fresh.childNodes);
      isReplacing = false;
      prepare();
      if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
    }
  };
  const pointsOf = (svg) => svg.dataset.points.split(';').map((point) => {
    const end = point.indexOf(' ');
    const x = Number(point.slice(0, end));
    const at = svg.dataset.now - (${WIDTH} - x) * ${MS_PER_UNIT};
    return { x, at, text: new Date(at).toISOString().slice(11, 19) + ' UTC: ' + point.slice(end + 1) };
  });
  const nearest = (points, key, value) => points.reduce((best, point, i) =>
    Math.abs(point[key] - value) < Math.abs(points[best][key] - value) ? i : best, 0);
  let chosen;
  let isReplacing = false;
  const draw = (svg, point) => {
    const caption = svg.parentElement.querySelector('span');
    caption.dataset.newest ??= caption.textContent;
    caption.textContent = point ? point.text : caption.dataset.newest;
    svg.querySelector('.cursor').setAttribute('d', point ? 'M' + point.x + ' 0V${HEIGHT}' : '');
  };
  const choose = (svg, index) => {
    const points = pointsOf(svg);
    const i = Math.max(0, Math.min(points.length - 1, index));
    if (chosen && chosen.id !== svg.id) release();
    chosen = { id: svg.id, at: points[i].at };
    svg.setAttribute('aria-valuenow', i);
    svg.setAttribute('aria-valuetext', points[i].text);
    draw(svg, points[i]);
  };
  const release = () => {
    const svg = chosen && document.getElementById(chosen.id);
    chosen = undefined;
    if (svg) draw(svg);
  };
  const prepare = () => {
    for (const svg of document.querySelectorAll('svg[data-points]')) {
      if (svg.dataset.points === '' || svg.tabIndex === 0) continue;
      const points = pointsOf(svg);
      svg.setAttribute('tabindex', 0);
      svg.setAttribute('role', 'slider');
      svg.setAttribute('aria-valuemin', 0);
      svg.setAttribute('aria-valuemax', points.length - 1);
      svg.setAttribute('aria-valuenow', points.length - 1);
      svg.setAttribute('aria-valuetext', points[points.length - 1].text);
      if (chosen && chosen.id === svg.id) choose(svg, nearest(points, 'at', chosen.at));
    }
  };
  const lineOf = (event) => event.target.closest?.('svg[tabindex]');
  const onPointer = (event) => {
    const svg = lineOf(event);
    if (!svg) return event.type === 'pointermove' && document.activeElement.id !== chosen?.id && release();
    const { left, width } = svg.getBoundingClientRect();
    choose(svg, nearest(pointsOf(svg), 'x', (event.clientX - left) / width * ${WIDTH}));
  };
  document.addEventListener('pointermove', onPointer);
  document.addEventListener('pointerdown', onPointer);
  document.addEventListener('keydown', (event) => {
    const svg = lineOf(event);
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12, Home: -1e3, End: 1e3 };
    if (!svg || !(event.key in steps)) return svg && event.key === 'Escape' && release();
    event.preventDefault();
    choose(svg, Number(svg.getAttribute('aria-valuenow')) + steps[event.key]);
  });
  document.addEventListener('focusout', (event) => lineOf(event) && !isReplacing && release());
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
  prepare();
  say('The page updates every 5 seconds.');
  setInterval(poll, 5000);
  document.addEventListener('visibilitychange', poll);
})();
`;
