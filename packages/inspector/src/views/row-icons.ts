/** Small pictures of what entries are. They say nothing that words beside them do not. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'
import type { RowType } from '../contract/browse-calls.ts'

const IMAGE = /\.(?:avif|bmp|gif|ico|jpe?g|png|svg|webp)$/i
const ARCHIVE = /\.(?:7z|bz2|gz|rar|t[bgx]z|tar|xz|zip|zst)$/i

const SHEET = svg`<path d="M4 1.5h5.5L13 5v9.5H4zM9.5 1.5V5H13" />`
const SHAPES = {
  folder: svg`<path class="solid" d="M1.5 3.5h5l1.5 2h6.5v8h-13z" />`,
  file: SHEET,
  image: svg`<path d="M2 2.5h12v11H2zM2 11l3.5-3.5 3 3 2-2L14 12" /><circle cx="10.5" cy="5.8" r="1" />`,
  archive: svg`${SHEET}<path d="M7 3.5h2M7 6h2M7 8.5h2v3H7z" />`,
  link: svg`<path d="M6.5 9.5l3-3M7 4.8l1.6-1.6a3 3 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.6 1.6a3 3 0 0 1-4.2-4.2L4.8 7" />`,
  device: svg`<path d="M4 4h8v8H4zM6 1.5V4M10 1.5V4M6 12v2.5M10 12v2.5M1.5 6H4M1.5 10H4M12 6h2.5M12 10h2.5" />`,
}

/** Which picture a row has. */
export function iconOf(type: RowType, isFolder: boolean, name: string): TemplateResult {
  if (isFolder || type === 'directory' || type === 'folder') return iconFrom(SHAPES.folder)
  if (type === 'symlink' || type === 'hardlink') return iconFrom(SHAPES.link)
  if (type !== 'file') return iconFrom(SHAPES.device)
  return iconFrom(IMAGE.test(name) ? SHAPES.image : ARCHIVE.test(name) ? SHAPES.archive : SHAPES.file)
}

/** What else has a picture. */
export const ICONS: Readonly<Record<'twisty' | 'ascending' | 'descending' | 'root', TemplateResult>> = {
  twisty: iconFrom(svg`<path d="M6 4l4 4-4 4" />`),
  ascending: iconFrom(svg`<path d="M4 10l4-4 4 4" />`),
  descending: iconFrom(svg`<path d="M4 6l4 4 4-4" />`),
  root: iconFrom(svg`<path d="M2 7.5L8 2.5l6 5M3.5 6.5v7h9v-7" />`),
}

function iconFrom(shape: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${shape}</svg>`
}

/** What rows are called. */
export const TYPE_NAMES: Readonly<Record<RowType, string>> = {
  file: 'File',
  directory: 'Folder',
  symlink: 'Symbolic link',
  hardlink: 'Hard link',
  fifo: 'Pipe',
  char: 'Character device',
  block: 'Block device',
  folder: 'Folder without an entry of its own',
}
