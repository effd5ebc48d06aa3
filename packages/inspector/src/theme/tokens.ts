/** Colours, sizes and type of all parts. An application overrides them on the element: they are its documented API. */
import { css, type CSSResult } from 'lit'

/** For the outermost element only; all others inherit. Every pair of text and ground has a contrast of 4.5 or more. */
export const tokens: CSSResult = css`
  :host {
    color-scheme: light dark;
    --isptar-ground: light-dark(#ffffff, #15181d);
    --isptar-raised: light-dark(#f4f6f8, #1d2229);
    --isptar-sunken: light-dark(#e9edf1, #0f1216);
    --isptar-line: light-dark(#d3dae1, #313943);
    --isptar-text: light-dark(#17202a, #e8ecf1);
    --isptar-muted: light-dark(#51606f, #a3b0be);
    --isptar-accent: light-dark(#0b5cad, #7cc0ff);
    --isptar-on-accent: light-dark(#ffffff, #08243d);
    --isptar-selected: light-dark(#d9eafc, #1c3a57);
    --isptar-good: light-dark(#17692f, #79d797);
    --isptar-warn: light-dark(#8a4b00, #f2b661);
    --isptar-bad: light-dark(#ab1f2b, #ff9a9f);
    --isptar-added: light-dark(#17692f, #79d797);
    --isptar-removed: light-dark(#ab1f2b, #ff9a9f);
    --isptar-changed: light-dark(#8a4b00, #f2b661);
    --isptar-hue-1: light-dark(#b7d3f2, #27496f);
    --isptar-hue-2: light-dark(#f3cfa8, #6b4420);
    --isptar-hue-3: light-dark(#bfe0c0, #27573a);
    --isptar-hue-4: light-dark(#ecc2d4, #6a3350);
    --isptar-hue-5: light-dark(#d6cdf0, #4a3f7c);
    --isptar-hue-6: light-dark(#e6dd9f, #5c5420);
    --isptar-hue-7: light-dark(#b4dfe0, #1f575b);
    --isptar-hue-8: light-dark(#e0cfc0, #584a3e);
    --isptar-hue-others: light-dark(#dde3e9, #343c46);
    --isptar-data: light-dark(#1f6fb8, #5aa7ec);
    --isptar-group: light-dark(#0b8074, #4fc9b6);
    --isptar-headers: light-dark(#6d7a87, #8d9baa);
    --isptar-tail: light-dark(#7b3fa0, #c08be6);
    --isptar-radius: 8px;
    --isptar-row: 30px;
    --isptar-font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
    --isptar-mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace;
    color: var(--isptar-text);
    background: var(--isptar-ground);
    font: 14px / 1.45 var(--isptar-font);
  }
`
