// The one stylesheet of the example's pages, in the look of Latchkey's login pages, and its hash for the
// Content-Security-Policy.

import { createHash } from "node:crypto";

const source = `
:root{
  color-scheme:light dark;
  --page:#e8eeea;--sheet:#fff;--wash:#f1f5f2;--line:#cfd9d3;
  --ink:#13201a;--muted:#4f6058;--edge:#76877e;
  --accent:#0b5b42;--on-accent:#fff;
}
@media (prefers-color-scheme:dark){:root{
  --page:#0e1713;--sheet:#17221d;--wash:#1d2a24;--line:#293831;
  --ink:#e7efeb;--muted:#a4b5ac;--edge:#73867c;
  --accent:#84d5b0;--on-accent:#06231a;
}}
*{box-sizing:border-box;margin:0;padding:0}
body{
  padding:2.5rem 1.5rem 6rem;
  display:grid;grid-template-columns:minmax(0,52rem);justify-content:center;
  font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere;
  color:var(--ink);background:var(--page);
}
a{color:var(--accent);font-weight:600;text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
main:focus{outline:0}
.skip:not(:focus){position:absolute;inset-block-start:-9rem}
.skip{justify-self:start;margin-block-end:1rem}

header{display:grid;grid-template-columns:auto 1fr auto;align-items:baseline;column-gap:2.5rem;margin-block-end:2.25rem}
header p{margin:0;font-weight:600}
header a{display:block;padding-block:.625rem;color:inherit;font-weight:400;text-decoration:none}
header a:hover{text-decoration:underline}
nav ul{display:flex;flex-wrap:wrap;column-gap:1.75rem;list-style:none}
nav [aria-current]{font-weight:600;color:var(--accent);box-shadow:0 -3px inset}

main{
  position:relative;padding:3.5rem 2.75rem 2.75rem;
  border:1px solid var(--line);border-block-start:0;border-radius:0 0 .75rem .75rem;
  background:var(--sheet);
}
.key{position:absolute;inset-block-start:-1rem;inset-inline-start:0;inline-size:100%;color:var(--accent)}
h1{margin-block-end:1rem;font-size:2rem;line-height:1.15;letter-spacing:-.02em;word-spacing:.06em;text-wrap:balance}
h2{margin-block:2.5rem .75rem;font-size:1.25rem;line-height:1.3}
h3{font-size:1rem}
p,main>ul{max-inline-size:40rem;margin-block-end:.75rem;text-wrap:pretty}
main>ul{padding-inline-start:1.25rem}
main>ul>li+li{margin-block-start:.25rem}
bdi{font-weight:600}
.lead{font-size:1.125rem}
main>.note{margin-block:1.5rem 0}
.note{color:var(--muted);font-size:.875rem}
code,pre{font:.875em/1.5 ui-monospace,monospace}
kbd{padding:0 .375rem;font:inherit;font-size:.875em;border:1px solid var(--edge);border-radius:.25rem}
pre{display:grid;gap:.5rem;margin-block-end:.75rem;padding:.875rem;white-space:pre-wrap;background:var(--wash);border-radius:.5rem}
pre code{padding-inline-start:1.5rem;text-indent:-1.5rem;font-size:1em}
summary{padding-block:.375rem;color:var(--accent);font-weight:600;cursor:pointer}

.actions{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.5rem;margin-block-start:1.5rem}
.actions a:not(.button){padding-block:.625rem}
button,.button{
  display:inline-block;min-block-size:3rem;padding:.75rem 1.5rem;
  font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;
  color:var(--on-accent);background:var(--accent);border:1px solid transparent;border-radius:.5rem;
}
:is(button,.button):hover{background:color-mix(in oklab,var(--accent) 88%,var(--ink))}
.quiet{min-block-size:2.5rem;padding:.4375rem 1.25rem;white-space:nowrap;color:inherit;background:var(--sheet);border-color:var(--edge)}
.quiet:hover{background:var(--wash);border-color:var(--ink)}
.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

.state{margin-block-start:1.75rem;padding:1.5rem;background:var(--wash);border-radius:.5rem}
.state h2{margin-block-start:0}
.state p{margin-block-end:.25rem}
.state .note{margin-block-start:.5rem}

.steps{list-style:none;counter-reset:step}
.steps>li{
  display:grid;grid-template-columns:1.25rem 11rem minmax(0,1fr);column-gap:.75rem;counter-increment:step;
  padding-block:1.25rem .5rem;border-block-start:1px solid var(--line);
}
.steps>li::before{content:counter(step);color:var(--accent);font-weight:600;font-variant-numeric:tabular-nums}

table{inline-size:100%;margin-block-start:1.75rem;border-collapse:collapse;overflow-wrap:normal}
time{white-space:nowrap}
.address{inline-size:11rem;overflow-wrap:anywhere}
:is(th,td){padding:.875rem 1.25rem .875rem 0;text-align:start;vertical-align:baseline;border-block-end:1px solid var(--line)}
:is(th,td):last-child{padding-inline-end:0;text-align:end}
thead :is(th,td){padding-block:0 .5rem;color:var(--muted);font-size:.875rem;font-weight:400}
th p{margin:0;font-weight:400}
.device{display:flex;flex-wrap:wrap;align-items:center;gap:.125rem .625rem}
.badge{padding:.125rem .5rem;font-size:.8125rem;white-space:nowrap;color:var(--on-accent);background:var(--accent);border-radius:1rem}

@media (max-width:46rem){
  .steps>li{grid-template-columns:1.25rem minmax(0,1fr)}
  .steps>li>div{grid-column:2;margin-block-start:.375rem}
  thead{position:absolute;clip-path:inset(50%);inline-size:1px;block-size:1px;overflow:hidden}
  table,tbody{display:block}
  tbody tr{display:block;margin-block-end:1rem;padding:1.25rem;border:1px solid var(--line);border-radius:.5rem}
  :is(tbody th,tbody td){display:grid;grid-template-columns:6rem 1fr;padding:.25rem 0;border:0}
  tbody th{display:block;padding-block-end:.75rem}
  td[data-label]::before{content:attr(data-label);content:attr(data-label)/"";color:var(--muted)}
  tbody td:last-child{display:block;padding-block-start:.875rem;text-align:start}
  .address{inline-size:auto}
  td .quiet{inline-size:100%}
}
@media (max-width:30rem){
  body{padding:1.5rem min(1.5rem,7.5vw) 4rem;background:var(--sheet)}
  header{grid-template-columns:1fr auto;margin-block-end:2rem}
  header nav{grid-area:2/1/2/-1}
  nav ul{justify-content:space-between;column-gap:.5rem}
  main{padding:3rem 0 0;border:0}
  h1{font-size:1.75rem}
}
@media (max-width:22rem){nav{font-size:.875rem}}
@media (forced-colors:active){.key{color:CanvasText}.badge{border:1px solid}}
@media (prefers-reduced-motion:no-preference){:is(button,.button){transition:background .15s}}
`;

/** Whitespace that only serves the reader of this file is not sent. */
export const pageStyle: string = source.replaceAll(/\n\s*/g, "");

/** `sha256-…`, to be quoted in `style-src`. @see https://www.w3.org/TR/CSP3/#grammardef-hash-source */
export const pageStyleHash: string = `sha256-${createHash("sha256").update(pageStyle).digest("base64")}`;
