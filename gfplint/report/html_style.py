# SPDX-License-Identifier: GPL-2.0-or-later
"""The style of the HTML report: light and dark, wide and narrow, screen and paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1c2024; --soft: #5b6570; --rule: #d9dee3; --box: #f6f8fa;
  --add: #e3f6e6; --add-sign: #1a7f37; --del: #ffebe9; --del-sign: #b3261e;
  --error: #b3261e; --warning: #8a5a00; --info: #0b5cad; --help: #1a7f37; --link: #0b5cad;
  --mark-error: #ffc9c4; --mark-warning: #ffe08a; --mark-info: #cfe4ff; --mark-note: #dfe7f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --ink: #e3e7eb; --soft: #9aa5b1; --rule: #333b43; --box: #1b2025;
    --add: #12301c; --add-sign: #57c272; --del: #3a1a1a; --del-sign: #ff8a80;
    --error: #ff8a80; --warning: #f2c14e; --info: #7db8ff; --help: #57c272; --link: #7db8ff;
    --mark-error: #6b2420; --mark-warning: #5c4600; --mark-info: #173f6b; --mark-note: #2b3948;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 4rem; max-width: 92rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
code, pre, .hunk { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .8125rem;
  tab-size: 8; direction: ltr; }
.meta, .foot { color: var(--soft); font-size: .875rem; margin: 0; }
.patches { list-style: none; margin: 1.25rem 0 0; padding: 0; border-top: 1px solid var(--rule); }
.patches li { display: flex; gap: 1rem; justify-content: space-between; padding: .4rem 0;
  border-bottom: 1px solid var(--rule); }
.patches .count { flex: none; text-align: right; }
.none { color: var(--soft); }
section { margin-top: 2.5rem; }
.hunk { border: 1px solid var(--rule); border-radius: .375rem; overflow: hidden; margin: 0 0 1.5rem; line-height: 1.5; }
.at { background: var(--box); color: var(--soft); padding: .2rem .6rem; border-bottom: 1px solid var(--rule); }
.gap { background: var(--box); color: var(--soft); padding: 0 .6rem; text-align: left; }
.line { display: flex; text-decoration: none; color: inherit; }
.line .n { flex: none; width: 3.4em; padding-right: .6em; text-align: right; color: var(--soft); user-select: none; }
.line .n.narrow { display: none; }
.line .sign { flex: none; width: 1.2em; text-align: center; }
.line code { flex: 1; min-width: 0; white-space: pre-wrap; padding-right: .6em; font-size: inherit; }
ins.line { background: var(--add); } ins .sign { color: var(--add-sign); }
del.line { background: var(--del); } del .sign { color: var(--del-sign); }
mark { color: inherit; border-radius: .2em .2em 0 0; padding: .08em 0; border-bottom: 2px solid; }
mark.error { background: var(--mark-error); border-color: var(--error); }
mark.warning { background: var(--mark-warning); border-color: var(--warning); }
mark.info { background: var(--mark-info); border-color: var(--info); }
mark.note { background: var(--mark-note); border-color: var(--info); }
.remarks { font: .875rem/1.45 system-ui, sans-serif; padding: .5rem .75rem; background: var(--box);
  border-left: 3px solid var(--rule); }
.remarks p { margin: 0 0 .35rem; } .remarks p:last-child { margin: 0; }
.remarks .error, .error-text { border-color: var(--error); } b.error { color: var(--error); }
b.warning { color: var(--warning); } b.info, b.note { color: var(--info); } b.help { color: var(--help); }
.remarks.error { border-left-color: var(--error); } .remarks.warning { border-left-color: var(--warning); }
.remarks.info, .remarks.note { border-left-color: var(--info); }
.remarks .rule { white-space: nowrap; font-size: .8125rem; }
.rulepage { border-top: 1px solid var(--rule); padding-top: 1.25rem; }
.rulepage p, .rulepage ul { max-width: 46rem; }
.rulepage pre { background: var(--box); border: 1px solid var(--rule); border-radius: .375rem; padding: .6rem .75rem;
  overflow-x: auto; white-space: pre-wrap; }
.rulepage .bad { border-left: 3px solid var(--error); } .rulepage .good { border-left: 3px solid var(--help); }
.arrow { color: var(--error); font-weight: 600; }
@media (min-width: 68rem) {
  .segment.said { display: grid; grid-template-columns: minmax(0, 1fr) minmax(18rem, 32%);
    grid-template-rows: auto 1fr; }
  .segment.said > .remarks { grid-column: 2; grid-row: 1 / span 2; }
  .segment.said > .first, .segment.said > .rest { grid-column: 1; }
}
@media (max-width: 40rem) {
  .hunk, .hunk code { tab-size: 4; } .hunk { font-size: .75rem; } .line .n { width: 2.9em; }
  .line .n.old, .line .n.wide { display: none; } .line .n.narrow { display: block; }
  .patches li { flex-direction: column; gap: 0; } .patches .count { text-align: left; }
}
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --rule: #bbb; --box: #f4f4f4; --add: #eef8ef; --del: #fdf0ef;
    --add-sign: #1a7f37; --del-sign: #b3261e; --error: #b3261e; --warning: #7a5000; --info: #0b5cad; --help: #1a7f37;
    --link: #000; --mark-error: #fbd5d1; --mark-warning: #fbe7b0; --mark-info: #dcebff; --mark-note: #e8edf3; }
  body { max-width: none; padding: 0; font-size: 10pt; } .hunk { font-size: 8pt; overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .segment, .line, .remarks, h2, h3, .rulepage pre { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
"""
