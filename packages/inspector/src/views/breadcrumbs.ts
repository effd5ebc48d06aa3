/** The way to a folder, as buttons. */
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { baseName, folderChain } from '../text/entry-path.ts'
import { printable } from '../text/printable.ts'
import { ICONS } from './row-icons.ts'

/** Folders at the end of a long way that are named; those before them are one button. */
const NAMED = 3

/** For elements that render them. */
export const breadcrumbStyles: CSSResult = css`
  nav {
    flex: 2 1 200px;
    min-width: 0;
  }
  ol {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: flex;
    align-items: center;
    min-width: 0;
    max-width: 100%;
  }
  @container list (min-width: 481px) {
    ol {
      flex-wrap: nowrap;
    }
    li,
    li button.plain {
      flex-shrink: 1;
    }
    /* The icon of the top, and where one is, stay whole the longest. */
    li:first-child,
    li:last-child {
      flex-shrink: 0.2;
    }
  }
  li + li::before {
    content: '/';
    color: var(--isptar-muted);
  }
  li button.plain {
    min-width: 32px;
    max-width: 240px;
    overflow: hidden;
    justify-content: center;
    padding: 4px 6px;
  }
  li button[aria-current] {
    font-weight: 600;
  }
  nav .icon {
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.4;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  @media (pointer: coarse) {
    li button.plain {
      min-width: 44px;
      min-height: 44px;
    }
  }
`

/** Gives them, from the top of the archive to the folder. */
export function breadcrumbs(folder: string, open: (folder: string) => void): TemplateResult {
  const chain = folderChain(folder)
  const skipped = chain.length > NAMED + 1 ? chain.slice(0, -NAMED) : []
  const crumb = (path: string, label: TemplateResult | string, title: string, words?: string): TemplateResult =>
    html`<li>
      <button
        class="plain"
        aria-current=${path === folder ? 'location' : nothing}
        aria-label=${words ?? nothing}
        title=${title}
        @click=${({ detail }: MouseEvent): void => void (detail <= 1 && open(path))}
      >
        ${label}
      </button>
    </li>`
  const nearest = skipped.at(-1)
  const top = 'Top of the archive'
  return html`<nav aria-label="Folder">
    <ol>
      ${crumb('', ICONS.root, top, top)}
      ${nearest === undefined ? nothing : crumb(nearest, '…', printable(nearest), printable(baseName(nearest)))}
      ${chain.slice(skipped.length).map((path) => {
        const name = printable(baseName(path))
        return crumb(path, html`<span class="name">${name}</span>`, name)
      })}
    </ol>
  </nav>`
}
