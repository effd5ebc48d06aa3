/** Verification: what to check, how far it is, and the report. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { CheckProgress } from '../contract/check-calls.ts'
import { type Checker, type CheckerState, checkerOf, type CheckSubject } from '../session/checker.ts'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { verdictOf } from './check-report-text.ts'
import { progressBar } from './progress-bar.ts'
import { Watched } from './watched.ts'

/** One thing that can be checked. */
interface Choice extends CheckSubject {
  readonly id: 'archive' | 'folder' | 'selection' | 'current'
  readonly title: string
  readonly hint: string
}

/** `<isptar-check-view .session>`. */
export class CheckView extends SessionElement {
  static override properties: PropertyDeclarations = { chosen: { state: true } }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .page {
        display: grid;
        gap: 20px;
        max-width: 860px;
        margin: 0 auto;
        padding: 24px 16px;
      }
      fieldset {
        display: grid;
        gap: 8px;
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 8px;
      }
      label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0 10px;
        align-items: baseline;
        padding: 10px 12px;
        border: 1px solid var(--isptar-line);
        border-radius: var(--isptar-radius);
        cursor: pointer;
      }
      label:has(:checked) {
        border-color: var(--isptar-accent);
        background: var(--isptar-selected);
      }
      label .muted {
        grid-column: 2;
        overflow-wrap: anywhere;
      }
      label:has(:checked) .muted {
        color: inherit;
      }
      input {
        margin: 0;
        accent-color: var(--isptar-accent);
      }
      .run {
        display: grid;
        gap: 8px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      progress {
        flex: 1 1 200px;
        min-width: 0;
        height: 12px;
        accent-color: var(--isptar-accent);
      }
      .running .name {
        min-width: 0;
      }
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
    `,
  ]
  declare chosen: Choice['id']
  readonly #checker: Watched<Checker> = new Watched(this, () => checkerOf(this.session))

  constructor() {
    super()
    this.chosen = 'archive'
  }

  override render(): TemplateResult {
    const { state } = this.#checker.value
    const choices = this.#choices()
    const chosen = choices.find(({ id }) => id === this.chosen) ?? choices[0]
    const isRunning = state.phase === 'checking'
    return html`<div class="page">
      <div>
        <h2>Check</h2>
        <p class="muted">Data is read, unpacked and held to the checksums that the archive records of it.</p>
      </div>
      <fieldset ?disabled=${isRunning}>
        <legend>What to check</legend>
        ${choices.map((choice) => this.#choice(choice, choice === chosen))}
      </fieldset>
      <div class="run">
        <div class="row">
          <button
            class=${isRunning ? '' : 'primary'}
            @click=${(): void => (isRunning ? this.#checker.value.stop() : this.#check(chosen))}
          >
            ${isRunning ? 'Stop' : 'Check'}
          </button>
          ${isRunning ? this.#bar(state.progress) : nothing}
        </div>
        ${isRunning ? running(state.progress) : nothing}
        <div role="status">${announced(state)}</div>
      </div>
      ${this.#result(state)}
    </div>`
  }

  #choice({ id, title, hint }: Choice, isChosen: boolean): TemplateResult {
    return html`<label>
      <input type="radio" name="scope" .checked=${isChosen} @change=${(): void => void ((this.chosen = id))} />
      <span>${title}</span>
      <span class="muted">${hint}</span>
    </label>`
  }

  #choices(): readonly Choice[] {
    const { archive, folder, selected, current } = this.session.state
    const choices: Choice[] = [
      {
        id: 'archive',
        title: 'The whole archive',
        hint: `Listing, every file, and what an ordinary tar would see. Reads all ${bytesText(archive?.sizeBytes ?? 0)}.`,
        label: 'the whole archive',
        scope: { type: 'archive' },
      },
    ]
    if (folder !== '') choices.push(of('folder', 'The folder that is shown', [folder]))
    if (selected.size > 0) choices.push(of('selection', 'What is selected', [...selected]))
    if (current) choices.push(of('current', 'The entry that is shown', [current.path]))
    return choices
  }

  #check(choice: Choice | undefined): void {
    if (choice) void this.#checker.value.check({ scope: choice.scope, label: choice.label })
  }

  #bar(progress: CheckProgress | undefined): TemplateResult {
    const { dataBytes = 0, totalBytes = 0, entryCount = 0, totalEntries } = progress ?? {}
    const byBytes = totalBytes > 0
    return progressBar({
      label: 'Checked',
      done: byBytes ? dataBytes : entryCount,
      total: byBytes ? totalBytes : totalEntries,
    })
  }

  #result(state: CheckerState): TemplateResult | typeof nothing {
    if (state.phase === 'done')
      return html`<isptar-check-report
        .session=${this.session}
        .report=${state.report}
        .subject=${state.subject.label}
      ></isptar-check-report>`
    if (state.phase !== 'failed') return nothing
    return html`<isptar-trouble-notice .trouble=${state.trouble}></isptar-trouble-notice>`
  }
}

function of(id: Choice['id'], title: string, paths: readonly string[]): Choice {
  const [path = '', ...others] = paths
  const label = others.length === 0 ? printable(path) : countText(paths.length, 'selected entry', 'selected entries')
  return { id, title, hint: label, label, scope: { type: 'entries', paths } }
}

function running(progress: CheckProgress | undefined): TemplateResult {
  if (progress === undefined) return html`<p class="running muted">Reading the listing…</p>`
  const { entryCount, totalEntries, dataBytes, totalBytes, path } = progress
  const entries =
    countText(entryCount, 'entry', 'entries') + (totalEntries ? ` of ${totalEntries.toLocaleString('en')}` : '')
  const bytes = bytesText(dataBytes) + (totalBytes ? ` of ${bytesText(totalBytes)}` : '')
  return html`<div class="running row muted">
    <span>${entries}, ${bytes}</span>
    <span class="name mono">${printable(path)}</span>
  </div>`
}

/** Said to those who do not see the rest of it. */
function announced(state: CheckerState): TemplateResult | typeof nothing {
  if (state.phase === 'stopped') return html`Stopped. Nothing is said of ${state.subject.label}.`
  if (state.phase === 'checking') return html`<span class="visually-hidden">Checking ${state.subject.label}</span>`
  if (state.phase !== 'done') return nothing
  return html`<span class="visually-hidden">${verdictOf(state.report, state.subject.label)}</span>`
}
