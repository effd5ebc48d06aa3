/** The report of a check: the verdict, the problems with the way to them, and what was not checked. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, svg, type TemplateResult } from 'lit'
import type { CheckProblem, CheckReport } from '../contract/check-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { asTrouble } from '../session/session.ts'
import { saveName } from '../session/save-name.ts'
import { saveText } from '../session/save-text.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { extentOf, reportText, verdictOf } from './check-report-text.ts'

/** How many problems or notices are shown at first, and with each click more. */
const SHOWN = 200

/** `<isptar-check-report .session .report .subject>`. */
export class CheckReportView extends SessionElement {
  static override properties: PropertyDeclarations = {
    report: { attribute: false },
    subject: { attribute: false },
    shown: { state: true },
    note: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
        min-width: 0;
      }
      .verdict {
        display: flex;
        align-items: center;
        gap: 8px;
        font-size: 18px;
      }
      .verdict svg {
        flex: none;
        width: 22px;
        height: 22px;
      }
      .verdict h3 {
        font-size: inherit;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .problems li {
        padding: 6px 0;
        border-top: 1px solid var(--isptar-line);
        overflow-wrap: anywhere;
      }
      .problems button {
        max-width: 100%;
        padding: 0;
        min-height: 32px;
        color: var(--isptar-accent);
        text-align: start;
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .basis,
      details li {
        overflow-wrap: anywhere;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      summary {
        min-height: 32px;
        cursor: pointer;
      }
      @media (pointer: coarse) {
        button,
        .problems button,
        summary {
          min-height: 44px;
        }
      }
    `,
  ]
  declare report: CheckReport
  /** What was checked, printable. */
  declare subject: string
  declare shown: number
  declare note: string

  constructor() {
    super()
    this.shown = SHOWN
    this.note = ''
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    if (changed.has('report')) [this.shown, this.note] = [SHOWN, '']
  }

  override render(): TemplateResult {
    const { report } = this
    return html`<div class="verdict ${toneOf(report)}">${iconOf(report)}<h3>${verdictOf(report, this.subject)}</h3></div>
      <div class="basis">
        <p>${extentOf(report)}</p>
        ${report.basis.map((sentence) => html`<p>${sentence}</p>`)}
      </div>
      ${this.#problems(report)} ${this.#notices(report)}
      <div class="actions">
        <button @click=${(): void => void this.#copy()}>Copy report</button>
        <button @click=${(): void => void this.#save()}>Save report</button>
        <span role="status" class="muted">${printable(this.note)}</span>
      </div>`
  }

  #problems({ problems, moreProblems }: CheckReport): TemplateResult | typeof nothing {
    if (problems.length === 0) return nothing
    const left = problems.length - this.shown
    const more =
      moreProblems > 0 ? html`<p>And ${moreProblems.toLocaleString('en')} more, which are not listed.</p>` : nothing
    return html`<div>
      <ul class="problems" aria-label="Problems">
        ${problems.slice(0, this.shown).map((problem) => this.#problem(problem))}
      </ul>
      ${
        left > 0
          ? html`<button @click=${(): void => void ((this.shown += SHOWN))}>
              Show ${Math.min(left, SHOWN).toLocaleString('en')} more of ${left.toLocaleString('en')}
            </button>`
          : more
      }
    </div>`
  }

  #problem({ path, message }: CheckProblem): TemplateResult {
    if (path === undefined) return html`<li>${printable(message)}</li>`
    return html`<li>
      <button class="plain mono" title="Show it in its folder" @click=${(): void => void this.session.revealPath(path)}>
        ${printable(path)}
      </button>
      <div>${printable(message)}</div>
    </li>`
  }

  /** Notices of what was not checked belong to the verdict; others are oddities. */
  #notices({ notices, isComplete }: CheckReport): TemplateResult | typeof nothing {
    if (notices.length === 0) return nothing
    const rest = notices.length - SHOWN
    return html`<details ?open=${!isComplete}>
      <summary>${isComplete ? 'Notices' : 'What was not checked, and other notices'} (${notices.length})</summary>
      <ul>
        ${notices.slice(0, SHOWN).map((notice) => html`<li>${printable(notice)}</li>`)}
      </ul>
      ${rest > 0 ? html`<p>And ${rest.toLocaleString('en')} more: all are in the saved report.</p>` : nothing}
    </details>`
  }

  get #text(): string {
    return reportText(this.report, { subject: this.subject, archive: this.session.state.archive?.name ?? '' })
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text)
      this.note = 'Copied.'
    } catch {
      this.note = 'The browser does not let this page copy. Save it instead.'
    }
  }

  async #save(): Promise<void> {
    const name = `${saveName(this.session.state.archive?.name ?? 'archive')}-check.txt`
    try {
      if (await saveText(name, this.#text)) this.note = 'Saved.'
    } catch (error) {
      const { title, advice } = asTrouble(error)
      this.note = `${title}. ${advice}`
    }
  }
}

function toneOf({ isOk, isComplete }: CheckReport): string {
  return isOk ? (isComplete ? 'good' : 'warn') : 'bad'
}

function iconOf({ isOk, isComplete }: CheckReport): TemplateResult {
  const mark = isOk && isComplete ? svg`<path d="m7 12.5 3.5 3.5L17 9" />` : svg`<path d="M12 7v6.5M12 16.5v.5" />`
  return html`<svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <circle cx="12" cy="12" r="9.5" />
    ${mark}
  </svg>`
}
