/** The style sheet of the page. Text and background have the colors of the browser. */
export const STYLE = `
:root { color-scheme: light dark; --soft: #555e68; --panel: #f4f6f8; --edge: #d5dae0; --line: #0b57d0; --pass: #11632b; --warn: #7a4a00; --fail: #b3001b }
@media (prefers-color-scheme: dark) { :root { --soft: #a5adb7; --panel: #1e2226; --edge: #3a4149; --line: #8ab4f8; --pass: #7ddb95; --warn: #ffc46b; --fail: #ff8f9b } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; background: Canvas; color: CanvasText; max-width: 80rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem }
h1, p { margin: .3rem 0 }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .4rem }
a { color: var(--line) }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px }
.soft, figcaption span, dt, thead th { color: var(--soft) }
.pass { color: var(--pass) } .warn { color: var(--warn) } .fail { color: var(--fail) }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 45%), 1fr)); gap: .6rem }
#lines { grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)) }
figure, dl > div { margin: 0; padding: .5rem .7rem; background: var(--panel); border: 1px solid var(--edge); border-radius: .4rem }
figcaption span { display: block }
svg, .plot { display: block; width: 100%; height: 6.5rem; overflow: hidden }
polyline { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.u-over { touch-action: pan-y }
.plot .u-select { background: #8885 }
dl, dd { margin: 0 } dd { font-size: 1.15rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .4rem; border-bottom: 1px solid var(--edge); vertical-align: top; min-width: 4rem; max-width: 30rem; overflow-wrap: break-word }
th { font-weight: normal }
tbody th { min-width: 7.5rem }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal }
`;
