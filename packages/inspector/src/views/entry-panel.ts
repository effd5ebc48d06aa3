/** Details of an entry, and a look at its data. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { EntryDetails } from '../contract/entry-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { SessionElement } from '../session/session-element.ts'
import type { EntryKey } from '../session/session-state.ts'
import { printable, printableName } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'
import { LatestCall } from './latest-call.ts'
import { lookStyles } from './look-styles.ts'
import { waitingWords } from './waiting-words.ts'

/** Shows the session's current entry; Escape closes it. */
export class EntryPanel extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    details: { state: true },
    trouble: { state: true },
    isLoading: { state: true },
    coversList: { attribute: false },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        height: 100%;
        background: var(--isptar-ground);
        container-type: inline-size;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 8px 8px 8px 16px;
        border-bottom: 1px solid var(--isptar-line);
      }
      header div {
        flex: 1;
        min-width: 0;
      }
      h2,
      .folder {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
        unicode-bidi: isolate;
      }
      h2 {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        outline: none;
      }
      header:has(.back) {
        padding: 8px;
      }
      .folder {
        font-size: 12px;
        line-height: 16px;
      }
      .close,
      .back {
        flex: none;
        justify-content: center;
        width: 36px;
        min-height: 36px;
        padding: 0;
      }
      .body {
        flex: 1;
        display: flex;
        flex-direction: column;
        gap: 14px;
        min-height: 0;
        overflow: auto;
        padding: 14px 16px 16px;
      }
      @media (pointer: coarse) {
        .close,
        .back {
          width: 44px;
          min-height: 44px;
        }
      }
    `,
  ]
  declare details: EntryDetails | undefined
  declare trouble: Trouble | undefined
  declare isLoading: boolean
  /** Whether it lies over the list, and leads back to it. */
  declare coversList: boolean
  readonly #call = new LatestCall()
  #current: EntryKey | undefined
  #archive: ArchiveSummary | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('keydown', this.#onKey)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.removeEventListener('keydown', this.#onKey)
    this.#call.stop()
    this.#current = undefined
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    const { current, archive } = this.session.state
    const isSame = current?.path === this.#current?.path && current?.line === this.#current?.line
    // An archive that was opened anew may have its bases now.
    if (isSame && archive === this.#archive) return
    this.#current = current
    this.#archive = archive
    this.#load()
  }

  /** Puts the focus on the name. */
  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('h2')?.focus())
  }

  #load(): void {
    this.details = undefined
    this.trouble = undefined
    const current = this.#current
    if (current === undefined) return this.#call.stop()
    this.isLoading = true
    void this.#call.run(
      (signal) => this.session.engine.entry.details(current.path, current.line, signal),
      (details) => {
        this.isLoading = false
        this.details = details
        this.session.noteDepth(details?.depth ?? 0)
      },
      (trouble) => {
        this.isLoading = false
        this.trouble = trouble
      },
    )
  }

  override render(): TemplateResult | typeof nothing {
    const { current } = this.session.state
    if (current === undefined) return nothing
    const slash = current.path.lastIndexOf('/')
    const name = printableName(current.path)
    return html`<header>
        ${
          this.coversList
            ? html`<button class="plain back" aria-label="Back to the list" title="Back to the list" @click=${this.#close}>
              ${glyph('back')}
            </button>`
            : nothing
        }
        <div>
          <h2 id="name" tabindex="-1" title=${printable(current.path)}>${name === '' ? '(no name)' : name}</h2>
          <p class="folder muted">${slash < 0 ? 'in the root' : printable(current.path.slice(0, slash))}</p>
        </div>
        ${this.#saveButton(current)}
        ${
          this.coversList
            ? nothing
            : html`<button class="plain close" aria-label="Close details" title="Close (Esc)" @click=${this.#close}>
              ${glyph('close')}
            </button>`
        }
      </header>
      <div class="body" role="region" aria-labelledby="name">${this.#body()}</div>`
  }

  /** Of what has data. */
  #saveButton({ path, line }: EntryKey): TemplateResult | typeof nothing {
    const { details, session } = this
    if (details?.type !== 'file' && details?.type !== 'hardlink') return nothing
    return html`<isptar-save-button
      .session=${session}
      .path=${path}
      .line=${line}
      .sizeBytes=${details.sizeBytes}
    ></isptar-save-button>`
  }

  #body(): TemplateResult | typeof nothing {
    const { details, trouble, session } = this
    if (trouble !== undefined) return this.#notice(trouble)
    if (this.isLoading) return waitingWords('Reading…')
    if (details === undefined)
      return html`<p class="muted">A folder without an entry of its own: the archive only lists what is in it.</p>`
    return html`${details.trouble ? this.#notice(details.trouble) : nothing}
      <isptar-entry-facts .session=${session} .details=${details}></isptar-entry-facts>
      ${
        details.type === 'directory' || details.trouble
          ? nothing
          : html`<isptar-entry-preview .session=${session} .details=${details}></isptar-entry-preview>`
      }`
  }

  #notice(trouble: Trouble): TemplateResult {
    const retry = (): void => {
      // The button goes.
      this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
      this.#load()
    }
    return html`<isptar-trouble-notice .trouble=${trouble} .retry=${retry}></isptar-trouble-notice>`
  }

  readonly #close = (): void => this.session.look(undefined)

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    this.#close()
  }
}
