/** Small pictures on buttons. They say nothing that words beside them do not say. */
import { html, svg, type TemplateResult } from 'lit'

const PATHS = {
  archive:
    'M4 8V5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5V8M4 8h16M4 8v10.500A1.500 1.500 0 0 0 5.500 20h13A1.500 1.500 0 0 0 20 18.500V8M10 12h4',
  about: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.500M12 7.500v.1',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6 6 18',
  folder:
    'M3.500 7A1.500 1.500 0 0 1 5 5.500h4.200l2 2.500H19A1.500 1.500 0 0 1 20.500 9.500V17A1.500 1.500 0 0 1 19 18.500H5A1.500 1.500 0 0 1 3.500 17Z',
  link: 'M10 14a4 4 0 0 0 5.700 0l3.100-3.100a4 4 0 1 0-5.700-5.700L12 6.300M14 10a4 4 0 0 0-5.700 0l-3.100 3.100a4 4 0 1 0 5.700 5.700l1.100-1.100',
  warning: 'M12 4 2.800 19.500h18.400ZM12 10v4.500M12 17v.1',
} as const

/** Names of pictures. */
export type Glyph = keyof typeof PATHS

/** Gives a picture of the size of the text around it. */
export function glyph(name: Glyph, size = 18): TemplateResult {
  return html`<svg
    aria-hidden="true"
    width=${size}
    height=${size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${svg`<path d=${PATHS[name]} />`}
  </svg>`
}
