/** How saving goes, and how it went. */
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import type { TakeProgress } from '../contract/take-calls.ts'
import type { Saver, SaverState } from '../session/saver.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText, shareText } from '../text/quantity.ts'
import { addBaseButton } from './add-base-button.ts'
import { progressBar } from './progress-bar.ts'

type Saving = Extract<SaverState, { readonly phase: 'saving' }>

/** For the element that shows it. */
export const saveStatusStyles: CSSResult = css`
  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: end;
    gap: 8px 12px;
  }
  /* Announces without taking room. */
  .status [role='status']:not(.words) {
    position: absolute;
  }
  .status isptar-trouble-notice {
    flex: 1 1 300px;
    min-width: 0;
  }
  .status .words {
    flex: 1 1 220px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .status progress {
    flex: 0 1 160px;
    min-width: 80px;
    accent-color: var(--isptar-accent);
  }
`

/**
 * Gives the status. What is announced is in elements that are there before, too; the button stays the same one, so that
 * focus is not lost when Stop becomes Close.
 */
export function saveStatus(saver: Saver): TemplateResult {
  const { state } = saver
  const isShown = state.phase !== 'idle' && state.phase !== 'choosing'
  return html`<div class=${isShown ? 'status' : ''}>
    ${state.phase === 'saving' ? html`<span class="words">${savingWords(state)}</span>${savingBar(state)}` : nothing}
    <div role="status" class=${isShown && state.phase !== 'failed' && state.phase !== 'saving' ? 'words' : ''}>
      ${outcome(state)}
    </div>
    ${state.phase === 'failed' ? failure(state) : nothing}
    ${
      isShown
        ? html`<button @click=${(): void => (state.phase === 'saving' ? saver.stop() : saver.clear())}>
            ${state.phase === 'saving' ? 'Stop' : 'Close'}
          </button>`
        : nothing
    }
  </div>`
}

function savingWords({ name, isReadBack, progress }: Saving): string {
  if (isReadBack) return `Reading back ${printable(name)}${progress ? progressText(progress) : ''}`
  return `Saving ${printable(name)}${progress ? progressText(progress) : ' · reading the listing'}`
}

function progressText({ entryCount, dataBytes, totalBytes }: TakeProgress): string {
  const entries = entryCount > 0 ? `${countText(entryCount, 'entry', 'entries')}, ` : ''
  const total = totalBytes ? ` of ${bytesText(totalBytes)}, ${shareText(Math.min(dataBytes / totalBytes, 1))}` : ''
  return ` · ${entries}${bytesText(dataBytes)}${total}`
}

function savingBar({ isReadBack, progress }: Saving): TemplateResult {
  const label = isReadBack ? 'Read back' : 'Saved'
  return progressBar({ label, done: progress?.dataBytes ?? 0, total: progress?.totalBytes })
}

function outcome(state: SaverState): TemplateResult | typeof nothing {
  if (state.phase === 'stopped') return html`${printable(state.text)}`
  if (state.phase !== 'saved') return nothing
  const { text, warning } = state
  return html`<span class="good">${printable(text)}</span>
    ${warning === '' ? nothing : html`<span class="warn">${warning}</span>`}`
}

function failure({ trouble, text }: Extract<SaverState, { readonly phase: 'failed' }>): TemplateResult {
  const advice = trouble.advice === '' ? text : `${text} ${trouble.advice}`
  return html`<isptar-trouble-notice .trouble=${{ ...trouble, advice }}>${
    trouble.kind === 'base-missing' ? addBaseButton() : nothing
  }</isptar-trouble-notice>`
}
