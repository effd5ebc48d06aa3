/** What can be done with what is selected: save the file, or all of it as an archive. */
import { css, type CSSResult, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { TakeMeasure } from '../contract/take-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import type { EntryKey } from '../session/session-state.ts'
import { type Saver, saverOf } from '../session/saver.ts'
import { printable, printableName } from '../text/printable.ts'
import { bytesText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { saveStatus, saveStatusStyles } from './save-status.ts'
import { Watched } from './watched.ts'

/** What the bar is about. */
interface Subject {
  readonly archive: ArchiveSummary | undefined
  readonly selected: ReadonlySet<string>
  readonly current: EntryKey | undefined
}

/** `<isptar-take-bar .session>`: takes no room while nothing is selected, looked at or saved. */
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
      button[aria-disabled='true'] {
        opacity: 0.55;
        cursor: default;
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
  #subject: Subject | undefined
  #measure: TakeMeasure | undefined
  #measuring: AbortController | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#measuring?.abort()
    this.#subject = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    const { archive, selected, current } = this.session.state
    const before = this.#subject
    if (before?.archive === archive && before?.selected === selected && before?.current === current) return
    this.#subject = { archive, selected, current }
    this.#measuring?.abort()
    this.#measure = undefined
    if (archive !== undefined && this.#paths.length > 0) void this.#ask(this.#paths)
  }

  /** What is selected, or else what is looked at. */
  get #paths(): readonly string[] {
    const { selected, current } = this.session.state
    return selected.size > 0 ? [...selected] : current ? [current.path] : []
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
    const paths = this.#paths
    if (paths.length === 0 && saver.state.phase === 'idle') return nothing
    return html`<section aria-label="Take out">
      ${paths.length === 0 ? nothing : this.#actions(paths, saver)}${saveStatus(saver)}
    </section>`
  }

  #actions(paths: readonly string[], saver: Saver): TemplateResult {
    const onlyFile = this.#measure?.onlyFile
    const { selected } = this.session.state
    return html`<div class="actions">
      <span class="what">
        <strong class="name">${this.#what(paths)}</strong>
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
        @click=${(): void => void saver.saveArchive(paths)}
      >
        Save as .tar.gz
      </button>
      ${selected.size > 0 ? html`<button @click=${(): void => this.#clear()}>Clear</button>` : nothing}
    </div>`
  }

  #what([path = '', ...others]: readonly string[]): string {
    const { selected, archive } = this.session.state
    if (selected.size > 0 && others.length > 0) return `${selected.size.toLocaleString('en')} selected`
    if (path === '') return printable(archive?.name ?? '')
    return selected.size > 0 ? `${printableName(path)} selected` : printableName(path)
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

function sizeText(measure: TakeMeasure | undefined): string {
  if (measure === undefined) return ''
  const { fileBytes, isAll } = measure
  if (isAll) return bytesText(fileBytes)
  return fileBytes > 0 ? `${bytesText(fileBytes)} and what is in folders` : ''
}
