// The one stylesheet of the default pages, and its hash for the Content-Security-Policy.

import { createHash } from "node:crypto";

const source = `
:root{
  color-scheme:light dark;
  --page:#e8eeea;--sheet:#fff;--line:#cfd9d3;
  --ink:#13201a;--muted:#4f6058;--edge:#76877e;
  --accent:#0b5b42;--on-accent:#fff;
  --alert:#a3211b;--wash:#fcefed;
}
@media (prefers-color-scheme:dark){:root{
  --page:#0e1713;--sheet:#17221d;--line:#293831;
  --ink:#e7efeb;--muted:#a4b5ac;--edge:#73867c;
  --accent:#84d5b0;--on-accent:#06231a;
  --alert:#ffab9f;--wash:#38211d;
}}
*{box-sizing:border-box;margin:0;padding:0}
body{
  min-block-size:100svh;padding:3rem 1.5rem 6rem;
  display:grid;grid-template-columns:minmax(0,27rem);place-content:center;
  font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere;
  color:var(--ink);background:var(--page);
}
header{margin-block-end:2.25rem;font-weight:600}
main{
  position:relative;padding:3.5rem 2.75rem 2.75rem;
  border:1px solid var(--line);border-block-start:0;border-radius:0 0 .75rem .75rem;
  background:var(--sheet);
}
.key{position:absolute;inset-block-start:-1rem;inset-inline-start:0;inline-size:100%;color:var(--accent)}
[dir=rtl] .key{transform:scaleX(-1)}
h1{margin-block-end:1.5rem;font-size:2rem;line-height:1.15;text-wrap:balance}
[dir=ltr] h1{letter-spacing:-.02em;word-spacing:.06em}
p,ul{margin-block-end:.75rem;text-wrap:pretty}
ul{padding-inline-start:1.25rem}
bdi{font-weight:600}
label{display:block;font-weight:600}
.field{margin-block-end:1.25rem}
.field label{margin-block-end:.375rem}
.field :is(input,select){
  inline-size:100%;min-block-size:3rem;padding:.625rem .875rem;
  font:inherit;color:inherit;background:var(--sheet);
  border:1px solid var(--edge);border-radius:.5rem;
}
.field select{
  appearance:none;
  background-image:linear-gradient(45deg,#0000 47%,currentColor 53%),linear-gradient(-45deg,#0000 47%,currentColor 53%);
  background-position:calc(100% - 1.25rem) 50%,calc(100% - .875rem) 50%;background-size:.375rem .375rem;
  background-repeat:no-repeat;
}
[dir=rtl] .field select{background-position:.875rem 50%,1.25rem 50%}
.field [aria-invalid]{--accent:var(--alert);border:2px solid var(--alert)}
[autocomplete=one-time-code]{font-variant-numeric:tabular-nums;letter-spacing:.2em}
.check{display:grid;grid-template-columns:auto 1fr;column-gap:.75rem;align-items:center;margin-block-end:1rem}
.check input{
  display:grid;place-content:center;appearance:none;inline-size:1.5rem;block-size:1.5rem;
  border:1px solid var(--edge);border-radius:.375rem;
}
.check :checked{background:var(--accent);border-color:var(--accent)}
.check :checked::before{
  content:"";inline-size:.375rem;block-size:.75rem;transform:translateY(-.0625rem) rotate(45deg);
  border:solid var(--on-accent);border-width:0 .1875rem .1875rem 0;
}
.check label{padding-block:.625rem;font-weight:400}
.check p{grid-column:2;margin-block-start:-.5rem}
.check p,.status,.hint{color:var(--muted);font-size:.875rem}
.alert{
  display:flex;gap:.75rem;margin-block-end:1.5rem;padding:.875rem;
  color:var(--alert);background:var(--wash);border:1px solid;border-radius:.5rem;
}
.alert svg{flex:none;margin-block-start:.125rem}
.alert p{margin:0}
.actions{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.5rem;margin-block-start:2rem}
button,.button{
  display:inline-block;min-block-size:3rem;padding:.75rem 1.5rem;
  font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;
  color:var(--on-accent);background:var(--accent);border:1px solid transparent;border-radius:.5rem;
}
form>button{inline-size:100%;margin-block-start:.75rem}
.hint{margin:0}
a{padding-block:.625rem;color:var(--accent);font-weight:600;text-underline-offset:.2em}
:is(button,.button):hover{background:color-mix(in oklab,var(--accent) 88%,var(--ink))}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.field :focus-visible{outline-width:2px;outline-offset:0;border-color:var(--accent)}
.status{margin:2rem 0 0}
@media (max-width:30rem){
  body{padding:2rem min(1.5rem,7.5vw);align-content:start;background:var(--sheet)}
  main{padding:3rem 0 0;border:0}
  h1{font-size:1.75rem}
}
@media (forced-colors:active){.field select{appearance:auto}.key{color:CanvasText}}
@media (prefers-reduced-motion:no-preference){:is(button,.button){transition:background .15s}}
`;

/** Whitespace that only serves the reader of this file is not sent. */
export const pageStyle: string = source.replaceAll(/\n\s*/g, "");

/** `sha256-…`, to be quoted in `style-src`. @see https://www.w3.org/TR/CSP3/#grammardef-hash-source */
export const pageStyleHash: string = `sha256-${createHash("sha256").update(pageStyle).digest("base64")}`;
