/**
 * The part of the page's script that draws the lines with uPlot, if the page has it.
 *
 * All plots show the same range and one time: the mouse, a finger or the arrow keys choose it, and each
 * line shows its value of that time. A plot is a slider over its points, which a screen reader reads.
 */
export const PLOTS: string = `
const SPAN = 900;
const lines = document.getElementById('lines');
const plots = new Map();
let times, now, chosen, held;
const color = (name) => () => getComputedStyle(document.body).getPropertyValue(name);
const clock = (at) => new Date(at * 1000).toISOString().slice(11, 19);
const short = new Intl.NumberFormat('en', { notation: 'compact' });
const setRange = (min = now - SPAN, max = now) => {
  for (const plot of plots.values()) plot.setScale('x', { min, max });
};
const choose = (at) => {
  for (const plot of plots.values()) plot.setCursor({ left: at === undefined ? -10 : plot.valToPos(at, 'x'), top: 0 });
};
const release = () => choose(held = undefined);
const describe = (figure, plot) => {
  const { left, idx } = plot.cursor;
  const isRead = left >= 0 && idx != null;
  if (isRead) chosen = times[idx];
  const i = isRead ? idx : times.length - 1;
  const value = plot.data[1][i];
  const text = i < 0 ? '–' : clock(times[i]) + ' UTC: ' + (value == null ? '–'
    : value.toLocaleString('en', { maximumSignificantDigits: 4 }) + figure.dataset.unit);
  figure.querySelector('span').textContent = isRead ? text : figure.dataset.newest;
  const slider = figure.lastChild;
  slider.ariaValueMax = Math.max(0, times.length - 1);
  slider.ariaValueNow = Math.max(0, i);
  slider.ariaValueText = text;
};
const draw = (figure) => {
  const caption = figure.querySelector('figcaption');
  figure.dataset.newest = caption.querySelector('span').textContent;
  const slider = document.createElement('div');
  slider.id = figure.id + '-plot';
  slider.className = 'plot';
  slider.tabIndex = 0;
  slider.role = 'slider';
  slider.ariaLabel = caption.firstChild.data + 'over the last 15 minutes';
  figure.querySelector('svg').replaceWith(slider);
  const axis = { stroke: color('--soft'), grid: { stroke: color('--edge'), width: 1 }, ticks: { show: false }, font: '11px system-ui', gap: 4 };
  const plot = new uPlot({
    width: slider.clientWidth,
    height: slider.clientHeight,
    padding: [6, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, sync: { key: 'lines' }, bind: { dblclick: () => () => setRange() } },
    scales: { y: { range: (_, min, max) => [0, max > 0 ? max * 1.05 : 1] } },
    axes: [
      { ...axis, size: 20, space: 56, values: (_, splits) => splits.map((at) => clock(at).slice(0, at % 60 ? 8 : 5)) },
      { ...axis, size: 36, space: 24, values: (_, splits) => splits.map(short.format) },
    ],
    series: [{}, { stroke: color('--line'), width: 1.5 }],
    hooks: { setCursor: [(plot) => describe(figure, plot)] },
  }, [times, JSON.parse(figure.dataset.values)], slider);
  plots.set(figure.id, plot);
  plot.over.addEventListener('pointermove', ({ pointerType, clientX }) => {
    if (pointerType === 'touch') choose(plot.posToVal(clientX - plot.over.getBoundingClientRect().left, 'x'));
  });
  slider.addEventListener('blur', () => held && release());
  slider.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12, Home: -1e3, End: 1e3 }[event.key];
    if (event.key === 'Escape') release();
    if (step === undefined) return;
    event.preventDefault();
    choose(held = times[Math.max(0, Math.min(times.length - 1, Number(slider.ariaValueNow) + step))]);
  });
  describe(figure, plot);
};
const drawLines = (next) => {
  const figures = [...next.children];
  times = JSON.parse(next.dataset.times);
  now = Number(next.dataset.now);
  const { min, max } = [...plots.values()][0]?.scales.x ?? {};
  const zoomed = max - min < SPAN - 1 && max > now - SPAN ? [min, max] : [];
  if (figures.map(({ id }) => id).join() !== [...plots.keys()].join()) {
    for (const plot of plots.values()) plot.destroy();
    plots.clear();
    lines.replaceChildren(...figures);
    figures.forEach(draw);
    setRange(...zoomed);
    return;
  }
  for (const fresh of figures) {
    const figure = document.getElementById(fresh.id);
    const plot = plots.get(fresh.id);
    Object.assign(figure.dataset, fresh.dataset, { newest: fresh.querySelector('span').textContent });
    plot.setData([times, JSON.parse(figure.dataset.values)], false);
    describe(figure, plot);
  }
  setRange(...zoomed);
  // uPlot applies data and range in a microtask.
  if (held) queueMicrotask(() => choose(held));
};
const zoomBy = (factor) => {
  const { min, max } = [...plots.values()][0].scales.x;
  const span = Math.max(10, Math.min(SPAN, (max - min) * factor));
  const from = Math.max(now - SPAN, Math.min(now - span, (chosen ?? max) - span / 2));
  setRange(from, from + span);
};
if (window.uPlot) {
  const zoom = document.getElementById('zoom');
  zoom.hidden = false;
  zoom.children[1].addEventListener('click', () => zoomBy(0.5));
  zoom.children[2].addEventListener('click', () => zoomBy(2));
  drawLines(lines);
  new ResizeObserver(() => {
    for (const plot of plots.values()) plot.setSize({ width: plot.root.parentElement.clientWidth, height: plot.height });
  }).observe(lines);
}
`;
