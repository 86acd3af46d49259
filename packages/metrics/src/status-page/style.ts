/** The style sheet of the page. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #555e68; --back: #fff; --panel: #f4f6f8; --edge: #d5dae0; --link: #0b57d0; --line: #0b57d0; --pass: #11632b; --warn: #7a4a00; --fail: #b3001b }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #a5adb7; --back: #14171a; --panel: #1e2226; --edge: #3a4149; --link: #8ab4f8; --line: #8ab4f8; --pass: #7ddb95; --warn: #ffc46b; --fail: #ff8f9b } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 80rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem; margin: 0 }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .4rem }
p { margin: .3rem 0 }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.soft, figcaption span { color: var(--soft) }
.pass { color: var(--pass) } .warn { color: var(--warn) } .fail { color: var(--fail) }
#health strong { font-size: 1.15rem }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 45%), 1fr)); gap: .6rem }
figure, dl > div { margin: 0; padding: .5rem .7rem; background: var(--panel); border: 1px solid var(--edge); border-radius: .4rem }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .6rem }
svg { display: block; width: 100%; height: 3.75rem }
path { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke }
path.base { stroke: var(--edge) }
path.cursor { stroke: var(--text); stroke-width: 1 }
svg[tabindex] { cursor: crosshair; touch-action: pan-y }
dl { margin: 0 } dt { color: var(--soft) } dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .4rem; border-bottom: 1px solid var(--edge); vertical-align: top; min-width: 4rem; max-width: 30rem; overflow-wrap: break-word }
thead th { color: var(--soft); font-weight: normal }
tbody th { font-weight: normal; min-width: 7.5rem }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal }
code { font: .9em ui-monospace, monospace }
ul { padding-left: 1.2rem; margin: .3rem 0 }
`;
