/** Above the list: the way to the folder that is shown, the search, and how many rows there are. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { baseName, folderChain } from '../text/entry-path.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { ICONS } from './row-icons.ts'

/** How long to wait for the next letter, in milliseconds. */
const TYPING_MS = 120

/** Breadcrumbs, search and count. Dispatches `isptar-to-list` when the rows are to have the focus. */
export class ListBar extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    summary: { attribute: false },
    isBusy: { attribute: false },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        padding: 8px 12px;
        border-block-end: 1px solid var(--isptar-line);
      }
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
      li + li::before {
        content: '/';
        color: var(--isptar-muted);
      }
      li button {
        min-width: 32px;
        justify-content: center;
        padding: 4px 6px;
      }
      li button[aria-current] {
        font-weight: 600;
      }
      .icon {
        fill: none;
        stroke: currentColor;
        stroke-width: 1.4;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      input {
        flex: 1 1 150px;
        min-width: 0;
        max-width: 320px;
      }
      .summary {
        flex: none;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
      }
      @media (pointer: coarse) {
        li button,
        input[type='search'] {
          min-width: 44px;
          min-height: 44px;
        }
      }
    `,
  ]
  /** How many rows there are, in words. */
  declare summary: string
  /** Whether they are becoming more; then they are not told one by one. */
  declare isBusy: boolean
  #typing: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#typing)
  }

  /** Puts the focus into the search field. */
  focusSearch(): void {
    this.renderRoot.querySelector('input')?.select()
  }

  override render(): TemplateResult {
    const { folder, search } = this.session.state
    const chain = ['', ...folderChain(folder)]
    return html`<nav aria-label="Folder">
        <ol>
          ${chain.map((path, depth) => this.#crumb(path, depth === chain.length - 1))}
        </ol>
      </nav>
      <input
        type="search"
        aria-label="Search in this folder"
        placeholder="Search or *.glob"
        title="A part of a name, or with * ? [ ] { } a glob; with a / in it, of the path. Press / to come here."
        spellcheck="false"
        autocomplete="off"
        .value=${search}
        @input=${this.#type}
        @keydown=${this.#key}
      />
      <span class="summary muted">${this.summary}</span>
      <span class="visually-hidden" role="status">${this.isBusy ? 'Loading' : this.summary}</span>`
  }

  #crumb(path: string, isLast: boolean): TemplateResult {
    const name = printable(baseName(path))
    return html`<li>
      <button
        class="plain"
        aria-current=${isLast ? 'location' : nothing}
        aria-label=${path === '' ? 'Top of the archive' : nothing}
        title=${path === '' ? 'Top of the archive' : name}
        @click=${(): void => this.session.openFolder(path)}
      >
        ${path === '' ? ICONS.root : html`<span class="name">${name}</span>`}
      </button>
    </li>`
  }

  readonly #type = (event: InputEvent): void => {
    const field = event.target
    if (!(field instanceof HTMLInputElement)) return
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => this.session.search(field.value.trim()), TYPING_MS)
  }

  readonly #key = (event: KeyboardEvent): void => {
    const field = event.target
    if (!(field instanceof HTMLInputElement)) return
    if (event.key === 'Escape') {
      clearTimeout(this.#typing)
      field.value = ''
      this.session.search('')
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      clearTimeout(this.#typing)
      this.session.search(field.value.trim())
    } else return
    event.preventDefault()
    this.dispatchEvent(new Event('isptar-to-list'))
  }
}
