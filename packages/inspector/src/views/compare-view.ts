/** Differences to another archive. */
import { type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { CompareSettings, ComparisonState, DifferenceKind } from '../contract/compare-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { type Comparison, comparisonOf } from '../session/comparison.ts'
import { requestFor } from '../session/places.ts'
import { saveName } from '../session/save-name.ts'
import { asTrouble } from '../session/session.ts'
import { SessionElement } from '../session/session-element.ts'
import { reportJson, reportLine } from '../text/difference-text.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import type { PickEvent } from './archive-picker.ts'
import { compareStyles } from './compare-styles.ts'
import { type SavedReport, saveReport } from './save-report.ts'

const KINDS: readonly DifferenceKind[] = ['added', 'removed', 'changed']
/** Below this width what to compare is folded while there is a result. */
const NARROW_PIXELS = 620
/** Below this height it is folded as well. */
const LOW_PIXELS = 560
const BY: Readonly<Record<CompareSettings['by'], string>> = {
  metadata: 'what is recorded',
  content: 'content (SHA-256)',
}

/** Where the other archive is chosen, how far the comparison is, and what differs. */
export class CompareView extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    kinds: { state: true },
    saveTrouble: { state: true },
  }
  static override styles: CSSResult[] = [controls, compareStyles]
  /** What is listed. */
  declare kinds: readonly DifferenceKind[]
  /** Why the list could not be saved. */
  declare saveTrouble: Trouble | undefined
  #comparison: Comparison | undefined
  #leave: (() => void) | undefined

  constructor() {
    super()
    this.kinds = KINDS
    this.addEventListener('dragover', this.#drag)
    this.addEventListener('dragleave', () => this.removeAttribute('data-dropping'))
    this.addEventListener('drop', this.#drop)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leave?.()
    this.#leave = undefined
    this.#comparison = undefined
  }

  override updated(): void {
    const setup = this.renderRoot.querySelector('details')
    // What has the focus may have been folded away.
    if (setup && !setup.open && setup.contains(this.shadowRoot?.activeElement ?? null))
      setup.querySelector('summary')?.focus()
  }

  override render(): TemplateResult | typeof nothing {
    const comparison = this.#follow()
    if (comparison === undefined) return nothing
    const { state, trouble = this.saveTrouble } = comparison
    return html`${this.#setup(comparison)} ${trouble ? html`<isptar-trouble-notice .trouble=${trouble}></isptar-trouble-notice>` : nothing}
      ${comparison.isRunning || state ? this.#result(comparison) : nothing} ${state ? this.#list(comparison, state) : nothing}`
  }

  /** Listens to the comparison of the archive that is open. */
  #follow(): Comparison | undefined {
    const comparison = comparisonOf(this.session)
    if (comparison !== this.#comparison) {
      this.#leave?.()
      this.#comparison = comparison
      this.saveTrouble = undefined
      this.#leave = comparison?.subscribe(() => this.requestUpdate())
    }
    return comparison
  }

  #setup(comparison: Comparison): TemplateResult {
    const { settings, asked, other, isRunning, state } = comparison
    const set = (change: Partial<CompareSettings>) => (): void =>
      void (comparison.settings = { ...settings, ...change })
    const isStale = asked?.by !== settings.by || asked.isNewer !== settings.isNewer
    const canRepeat = other !== undefined && !isRunning && (isStale || !comparison.state?.isComplete)
    const hint = 'An archive may also be dropped here, slices together in any order. Nothing is uploaded.'
    // Where there is little room the result has it.
    const isSmall = this.clientWidth < NARROW_PIXELS || this.clientHeight < LOW_PIXELS
    const isFolded = isSmall && (isRunning || state !== undefined)
    return html`<details class="setup" ?open=${!isFolded}>
      <summary><h2>Compare with ${isFolded && state ? `${printable(state.otherName)} · change` : 'another archive'}</h2></summary>
      <isptar-archive-picker
        verb="Compare"
        @isptar-pick=${({ detail }: PickEvent): void => void comparison.start({ places: detail })}
      ></isptar-archive-picker>
      <div class="options">
        <fieldset>
          <legend>The other one is</legend>
          ${radio('age', 'older', !settings.isNewer, set({ isNewer: false }))}
          ${radio('age', 'newer', settings.isNewer, set({ isNewer: true }))}
        </fieldset>
        <fieldset>
          <legend>Compare</legend>
          ${radio('by', BY.metadata, settings.by === 'metadata', set({ by: 'metadata' }))}
          ${radio('by', BY.content, settings.by === 'content', set({ by: 'content' }))}
        </fieldset>
        ${canRepeat ? html`<button class="primary" @click=${(): void => void comparison.start(other)}>Compare again</button>` : nothing}
        ${this.#baseButton(comparison)}
      </div>
      <p class="muted">
        ${
          settings.by === 'content'
            ? 'Data is read where one of the archives has no digest of it; that may take long.'
            : hint
        }
      </p>
    </details>`
  }

  /** A base that was given is at hand already. */
  #baseButton(comparison: Comparison): TemplateResult | typeof nothing {
    const { archive, request } = this.session.state
    const base = request?.bases?.[0]
    if (base === undefined) return nothing
    const name = archive?.bases[0]?.name
    return html`<button @click=${(): void => void comparison.start(base)}>
      <span>Compare with its base${name === undefined ? nothing : html` <bdi>${printable(name)}</bdi>`}</span>
    </button>`
  }

  #result(comparison: Comparison): TemplateResult {
    const { state, isRunning } = comparison
    return html`<section class="result" aria-label="Result">
      <div class="status">
        <p role="status">${state ? statusText(state, comparison) : 'Opening the other archive…'}</p>
        ${state ? html`<p class="muted">${countedText(state)}; ${fetchedText(state)}</p>` : nothing}
      </div>
      ${
        isRunning
          ? html`<progress aria-label="Entries compared" value=${shareOf(state) ?? nothing} max="1"></progress>
            <button @click=${(): void => comparison.stop()}>Stop</button>`
          : nothing
      }
      ${state ? this.#filters(state) : nothing} ${state && !isRunning ? this.#saving(comparison, state) : nothing}
    </section>`
  }

  #filters(state: ComparisonState): TemplateResult {
    return html`<div class="kinds" role="group" aria-label="What is listed">
      ${KINDS.map(
        (kind) =>
          html`<button
            class=${kind}
            aria-pressed=${this.kinds.includes(kind)}
            @click=${(): void => {
              this.kinds = KINDS.filter((other) => this.kinds.includes(other) !== (other === kind))
            }}
          >
            ${state[kind].toLocaleString('en')} ${kind}
          </button>`,
      )}
    </div>`
  }

  #saving(comparison: Comparison, state: ComparisonState): TemplateResult | typeof nothing {
    if (countOf(state, this.kinds) === 0) return nothing
    const name = `${saveName(this.session.state.archive?.name ?? 'archive')}-differences`
    const text = {
      name: `${name}.txt`,
      type: 'text/plain',
      head: `${statusText(state, comparison)}\n`,
      line: reportLine,
    }
    const json = { name: `${name}.jsonl`, type: 'application/jsonl', head: '', line: reportJson }
    return html`<div class="save" role="group" aria-label="Save the list">
      <button @click=${(): void => void this.#save(comparison, text)}>Save as text</button>
      <button @click=${(): void => void this.#save(comparison, json)}>Save as JSON lines</button>
    </div>`
  }

  async #save(comparison: Comparison, report: SavedReport): Promise<void> {
    this.saveTrouble = undefined
    try {
      await saveReport(comparison, this.kinds, report)
    } catch (error) {
      this.saveTrouble = asTrouble(error)
    }
  }

  #list(comparison: Comparison, state: ComparisonState): TemplateResult {
    const count = countOf(state, this.kinds)
    if (count > 0)
      return html`<isptar-difference-list .comparison=${comparison} .run=${comparison.run} .kinds=${this.kinds} .count=${count}></isptar-difference-list>`
    const isSame = countOf(state, KINDS) === 0
    if (isSame && !state.isComplete) return html`<p class="nothing muted">No difference so far.</p>`
    return html`<p class="nothing muted">${isSame ? 'Nothing differs.' : 'What differs is not among the kinds that are listed.'}</p>`
  }

  readonly #drag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    // Where nobody says so a drop opens an archive in place of this one.
    event.preventDefault()
    this.setAttribute('data-dropping', '')
  }

  readonly #drop = (event: DragEvent): void => {
    this.removeAttribute('data-dropping')
    const files = event.dataTransfer?.files
    if (!files?.length || this.#comparison === undefined) return
    event.preventDefault()
    void this.#comparison.start(requestFor([...files], this.baseURI))
  }
}

function radio(name: string, label: string, checked: boolean, choose: () => void): TemplateResult {
  return html`<label><input type="radio" name=${name} .checked=${checked} @change=${choose} />${label}</label>`
}

function countOf(state: ComparisonState, kinds: readonly DifferenceKind[]): number {
  return kinds.reduce((sum, kind) => sum + state[kind], 0)
}

/** Undefined where it is not known: the bar then says only that something is under way. */
function shareOf(state: ComparisonState | undefined): number | undefined {
  return state?.totalEntries ? state.entryCount / state.totalEntries : undefined
}

/** Says how it stands; while it is under way always the same, since it is read out. */
function statusText(state: ComparisonState, { asked, isRunning }: Comparison): string {
  const age = asked?.isNewer ? 'newer' : 'older'
  const other = `${printable(state.otherName)}, the ${age} one, by ${BY[asked?.by ?? 'metadata']}`
  if (isRunning) return `Comparing with ${other}`
  if (!state.isComplete) return `Stopped comparing with ${other}`
  const differing = countOf(state, KINDS)
  if (differing === 0) return `The same as ${other}`
  const paths = countText(differing + state.same, 'path')
  return `${differing.toLocaleString('en')} of ${paths} ${differing === 1 ? 'differs' : 'differ'} from ${other}`
}

function countedText({ entryCount, totalEntries, isComplete }: ComparisonState): string {
  if (isComplete || totalEntries === undefined) return `${countText(entryCount, 'entry', 'entries')} compared`
  return `${entryCount.toLocaleString('en')} of ${countText(totalEntries, 'entry', 'entries')} compared`
}

function fetchedText({ fetchedBytes, requests, otherName }: ComparisonState): string {
  return `fetched ${bytesText(fetchedBytes)} of ${printable(otherName)} in ${countText(requests, 'request')}`
}
