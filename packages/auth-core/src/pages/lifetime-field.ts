// "Remember me": a checkbox for two lifetimes, a select for more.

import { html, type SafeHtml } from "@remix-run/html-template";
import type { LifetimeChoice } from "../pages.ts";
import type { PageContext } from "./page-context.ts";

export function lifetimeField(context: PageContext, lifetime: LifetimeChoice): SafeHtml | null {
  const [off, on, ...more] = lifetime.choices;
  if (off === undefined || on === undefined) return null;
  return more.length === 0 ? checkbox(context, lifetime.name, off, on) : select(context, lifetime);
}

type Choice = LifetimeChoice["choices"][number];

/** An unticked checkbox sends nothing, and nothing means the first choice: the box stands for the second. */
function checkbox({ texts }: PageContext, name: string, off: Choice, on: Choice): SafeHtml {
  const hint = texts.stayLoggedInHint.replaceAll(/\{(on|off)\}/g, (_, key) =>
    key === "on" ? on.label : off.label,
  );
  return html`<div class="check">
<input id="lifetime" name="${name}" type="checkbox" value="${on.value}" aria-describedby="lifetime-hint"${
    on.selected ? html` checked` : null
  }>
<label for="lifetime">${texts.stayLoggedIn}</label>
<p id="lifetime-hint">${hint}</p>
</div>`;
}

function select({ texts }: PageContext, { name, choices }: LifetimeChoice): SafeHtml {
  return html`<div class="field">
<label for="lifetime">${texts.stayLoggedIn}</label>
<select id="lifetime" name="${name}">
${choices.map(
  ({ value, label, selected }) =>
    html`<option value="${value}"${selected ? html` selected` : null}>${label}</option>
`,
)}</select>
</div>`;
}
