/** What can be done with what is selected: save the file, or all of it as an archive. */
import { css, type CSSResult, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { TakeMeasure } from '../contract/take-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import type { EntryKey } from '../session/session-state.ts'
import { type Saver, saverOf } from '../session/saver.ts'
import { printableName } from '../text/printable.ts'
import { bytesText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { saveStatus, saveStatusStyles } from './save-status.ts'
import { Watched } from './watched.ts'

/** Of more entries it is not asked how much they are. */
const MAX_MEASURED = 10_000

/** `<isptar-take-bar .session>`: takes no room while nothing is selected or saved. */
export class TakeBar extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    saveStatusStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      section {
        display: grid;
        gap: 8px;
        padding: 8px 16px;
        border-top: 1px solid var(--isptar-line);
        background: var(--isptar-raised);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .what {
        display: flex;
        flex: 1 1 200px;
        gap: 8px;
        min-width: 0;
      }
      .what strong {
        min-width: 0;
      }
      .what .muted {
        flex: none;
      }
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
      @container (width < 480px) {
        section {
          padding: 8px;
        }
        .what {
          flex-basis: 100%;
        }
      }
    `,
  ]
  readonly #saver: Watched<Saver> = new Watched(this, () => saverOf(this.session))
  #archive: ArchiveSummary | undefined
  #selected: ReadonlySet<string> | undefined
  #measure: TakeMeasure | undefined
  #measuring: AbortController | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#measuring?.abort()
    this.#selected = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    const { archive, selected } = this.session.state
    if (archive === this.#archive && selected === this.#selected) return
    ;[this.#archive, this.#selected] = [archive, selected]
    this.#measuring?.abort()
    this.#measure = undefined
    if (archive !== undefined && selected.size > 0 && selected.size <= MAX_MEASURED) void this.#ask([...selected])
  }

  async #ask(paths: readonly string[]): Promise<void> {
    const measuring = new AbortController()
    this.#measuring = measuring
    // Without an answer the bar says less; what is wrong is said when it is saved.
    const measure = await this.session.engine.take.measure(paths, measuring.signal).catch(() => undefined)
    if (measuring.signal.aborted) return
    this.#measure = measure
    this.requestUpdate()
  }

  override render(): TemplateResult | typeof nothing {
    const saver = this.#saver.value
    const { selected } = this.session.state
    if (selected.size === 0 && saver.state.phase === 'idle') return nothing
    return html`<section aria-label="Take out">
      ${selected.size === 0 ? nothing : this.#actions(selected, saver)}${saveStatus(saver)}
    </section>`
  }

  #actions(selected: ReadonlySet<string>, saver: Saver): TemplateResult {
    const onlyFile = this.#measure?.onlyFile
    return html`<div class="actions">
      <span class="what">
        <strong class="name">${whatText(selected)}</strong>
        <span class="muted">${sizeText(this.#measure)}</span>
      </span>
      ${
        onlyFile
          ? html`<button class="primary" aria-disabled=${saver.isBusy} @click=${(): void => this.#saveFile(onlyFile)}>
              Save file
            </button>`
          : nothing
      }
      <button
        class=${onlyFile ? '' : 'primary'}
        aria-disabled=${saver.isBusy}
        @click=${(): void => void saver.saveArchive([...selected])}
      >
        Save as .tar.gz
      </button>
      <button @click=${(): void => this.#clear()}>Clear</button>
    </div>`
  }

  #saveFile(only: EntryKey): void {
    const { current } = this.session.state
    // Of several lines of a path the one that is looked at is meant.
    const line = current?.path === only.path && current.line >= 0 ? current.line : only.line
    void this.#saver.value.saveFile({ path: only.path, line }, this.#measure?.fileBytes)
  }

  #clear(): void {
    this.session.select(new Set())
    // The button is gone.
    const root = this.getRootNode()
    if (root instanceof ShadowRoot) root.querySelector<HTMLElement>('isptar-file-list')?.focus()
  }
}

function whatText(selected: ReadonlySet<string>): string {
  const [path = ''] = selected
  if (selected.size > 1) return `${selected.size.toLocaleString('en')} selected`
  return `${path === '' ? 'Everything' : printableName(path)} selected`
}

function sizeText(measure: TakeMeasure | undefined): string {
  if (measure === undefined) return ''
  const { fileBytes, isAll } = measure
  if (isAll) return bytesText(fileBytes)
  return fileBytes > 0 ? `${bytesText(fileBytes)} and what is in folders` : ''
}
