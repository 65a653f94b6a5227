export const style = `
:root { color-scheme: light dark; --line: light-dark(#767676, #8a8a8a); --loud: light-dark(#8a1c00, #ffb3a0); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem;
  color: light-dark(#1a1a1a, #eeeeee); background: light-dark(#ffffff, #161616); }
h1, h2 { line-height: 1.2; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
tbody td:first-child { min-width: 6rem; }
#findings { table-layout: fixed; min-width: 70rem; }
#findings td { overflow-wrap: anywhere; }
#findings th:nth-child(1) { width: 8rem; } #findings th:nth-child(2) { width: 6.5rem; }
#findings th:nth-child(3) { width: 9rem; } #findings th:nth-child(6) { width: 7rem; }
#findings th:nth-child(7) { width: 12rem; }
thead th { font-weight: bold; }
td.number { text-align: right; font-variant-numeric: tabular-nums; width: 5.5rem; }
.summary { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; }
.summary li { border: 1px solid var(--line); padding: .4rem .8rem; }
.summary strong { font-size: 1.4rem; }
.loud { border: 2px solid var(--loud); color: var(--loud); padding: .5rem 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
input, select, button { font: inherit; min-height: 2rem; }
thead button { font-weight: bold; }
:focus-visible { outline: 3px solid light-dark(#0048b3, #9cc3ff); outline-offset: 2px; }
@media print { .controls, .pages { display: none; } thead { display: table-header-group; } tr { break-inside: avoid; }
  .scroll { overflow: visible; } #findings { min-width: 0; } :root { color-scheme: light; } body { font-size: 9pt; max-width: none; } }
`;
