// The drawing above every heading: a key that is the upper edge of the sheet, as on the login pages.

import { html, type SafeHtml } from "@remix-run/html-template";

/** As wide as what it is in: the shaft stretches, the bow and the bit keep their shape. */
export const keyMark: SafeHtml = html`<svg class="key" height="32" fill="none" stroke="currentColor" stroke-width="4" aria-hidden="true">
<circle cx="16" cy="16" r="12.5" stroke-width="5"/><line x1="29" y1="16" x2="100%" y2="16"/><path d="M36 11v10"/>
<svg x="100%" overflow="visible"><path stroke="none" fill="currentColor" d="M-48 16h36v15h-9v-7h-5v3h-5v-5h-5v9h-12z"/></svg></svg>`;
