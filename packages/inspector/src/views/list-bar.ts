/** Above the list: the way to the folder that is shown, the search, and how many rows there are. */
import { css, type CSSResult, html, type PropertyDeclarations, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'
import { breadcrumbs, breadcrumbStyles } from './breadcrumbs.ts'

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
    breadcrumbStyles,
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
        flex: 8 1 120px;
      }
      input {
        flex: 1 1 140px;
        min-width: 0;
        max-width: 320px;
      }
      /* Before the field, which stays where it is when this grows. */
      .summary {
        font-size: 13px;
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      @container list (max-width: 480px) {
        input {
          flex-basis: 100%;
          max-width: none;
        }
      }
      @media (pointer: coarse) {
        input[type='search'] {
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
    return html`${breadcrumbs(folder, (path) => this.session.openFolder(path))}
      <span class="summary muted">${this.summary}</span>
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
      <span class="visually-hidden" role="status">${this.isBusy ? 'Loading' : this.summary}</span>`
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
