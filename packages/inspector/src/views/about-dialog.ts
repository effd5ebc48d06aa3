/** What is known of the open archive as a whole. */
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText, timeText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { dialogStyles } from '../theme/dialogs.ts'
import { askForBase } from './add-base-button.ts'

/** Names in a list, before it says how many more there are. */
const SHOWN_NAMES = 50

type Fact = readonly [label: string, value: TemplateResult | string | undefined]

/** A dialog; {@link open} shows it. */
export class AboutDialog extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(600px, calc(100vw - 32px));
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 6px 16px;
        margin: 0;
      }
      dt {
        color: var(--isptar-muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      dd ul {
        max-height: 132px;
        margin: 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }
      @media (max-width: 480px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-bottom: 8px;
        }
      }
    `,
  ]

  /** Shows the dialog. */
  open(): void {
    this.#dialog?.showModal()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  override render(): TemplateResult {
    const { archive } = this.session.state
    return html`<dialog aria-labelledby="title">
      <h2 id="title">About this archive</h2>
      ${
        archive
          ? html`<dl>
            ${factsOf(archive).map(([label, value]) =>
              value === undefined
                ? nothing
                : html`<dt>${label}</dt>
                  <dd>${value}</dd>`,
            )}
          </dl>`
          : nothing
      }
      <footer>
        ${archive && mayLackBase(archive) ? html`<button @click=${(): void => this.#addBase()}>Add a base…</button>` : nothing}
        <button autofocus @click=${(): void => this.#dialog?.close()}>Close</button>
      </footer>
    </dialog>`
  }

  #addBase(): void {
    this.#dialog?.close()
    askForBase(this)
  }
}

/** Archives of the original do not say whether they have one. */
function mayLackBase({ formatVersion, bases }: ArchiveSummary): boolean {
  return formatVersion === 1 || bases.some(({ isGiven }) => !isGiven)
}

function factsOf(archive: ArchiveSummary): readonly Fact[] {
  const { sizeBytes, formatVersion, writer, createdAt, entryCount, dataBytes, identity, partName } = archive
  const program = writer ?? (formatVersion === 1 ? 'the original isptar' : undefined)
  const created = createdAt === undefined ? Number.NaN : Date.parse(createdAt) / 1000
  return [
    ['Name', html`<span class="name">${printable(archive.name)}</span>`],
    ['Part', partName && printable(partName)],
    ['Kind', archive.isCatalogue ? 'a catalogue: the listing of an archive, without data' : undefined],
    ['Size', `${bytesText(sizeBytes)} (${countText(sizeBytes, 'byte')})`],
    ['Entries', entryCount?.toLocaleString('en')],
    ['Data in files', dataBytes === undefined ? undefined : bytesText(dataBytes)],
    ['Written', Number.isNaN(created) ? undefined : timeText(created)],
    ['By', program && printable(program)],
    ['Format', `version ${formatVersion}`],
    ['Listing', listingText(archive)],
    ['Identity', identity && html`<span class="mono">${printable(identity)}</span>`],
    ['Slices', archive.sliceNames && listOf(archive.sliceNames.map(printable))],
    ['Bases', archive.bases.length === 0 ? undefined : listOf(archive.bases.map(baseText))],
  ]
}

function listingText({ hasIndex, hasDigests, tail, sections }: ArchiveSummary): string {
  const sectionBytes = sections.find(({ name }) => name === 'digest')?.packedBytes ?? 0
  const index = hasIndex ? 'with an index' : 'without an index'
  const digests = hasDigests ? 'with SHA-256 of files' : 'without SHA-256 of files'
  return `${bytesText(tail.endOffset - tail.offset + sectionBytes)} at the end, ${index}, ${digests}`
}

function baseText({ name, identity, isGiven }: ArchiveSummary['bases'][number]): string {
  const called = name ?? (identity === undefined ? 'unnamed' : `${identity.slice(0, 12)}…`)
  return `${printable(called)}: ${isGiven ? 'open' : 'not here'}`
}

function listOf(names: readonly string[]): TemplateResult {
  return html`<ul tabindex=${names.length > 4 ? 0 : nothing}>
    ${names.slice(0, SHOWN_NAMES).map((name) => html`<li>${name}</li>`)}
    ${names.length > SHOWN_NAMES ? html`<li>and ${names.length - SHOWN_NAMES} more</li>` : nothing}
  </ul>`
}
