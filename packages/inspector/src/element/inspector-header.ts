/** What stands above the tab that is shown: the archive's name, its tabs, the meter, and what there is to say of it. */
import { html, nothing, type TemplateResult } from 'lit'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { Session } from '../session/session.ts'
import { meterText } from '../text/meter-text.ts'
import { placeName } from '../text/place-name.ts'
import { printable } from '../text/printable.ts'
import { countText } from '../text/quantity.ts'
import { glyph } from '../theme/glyphs.ts'
import { addBaseButton } from '../views/add-base-button.ts'
import { tabList } from './tab-list.ts'

/** What its buttons do. */
export interface HeaderActions {
  readonly onAbout: () => void
}

/** Gives the header, and strips below it for bases that are not there and oddities that were read over. */
export function inspectorHeader(session: Session, actions: HeaderActions): TemplateResult {
  const { archive } = session.state
  const name = archive ? printable(archive.name) : 'isptar'
  return html`<header part="header">
      <div class="title">
        ${backButton(session) ?? glyph('archive', 22)}
        <h1 class="name" tabindex="-1" title=${name}>${name}</h1>
        ${archive ? partSelect(session, archive) : nothing}
      </div>
      ${archive ? html`${tabList(session)}${meterOf(session)}${buttons(session, actions)}` : nothing}
    </header>
    ${archive ? html`${replacedStrip(session)}${dataStrip(archive, session.state.neededBases)}${noticeStrip(archive)}` : nothing}`
}

/** Leads from an archive in an archive back to where it lies. */
function backButton(session: Session): TemplateResult | undefined {
  const { phase, request } = session.state
  const [place] = request?.places ?? []
  if (phase !== 'open' || place?.type !== 'entry') return undefined
  const outer = place.of.places[0]
  const words = outer === undefined ? 'Back' : `Back to ${printable(placeName(outer))}`
  const folder = place.path.slice(0, Math.max(place.path.lastIndexOf('/'), 0))
  return html`<button
    class="plain"
    aria-label=${words}
    title=${words}
    @click=${(): void => void session.open(place.of, { folder })}
  >
    ${glyph('back')}
  </button>`
}

function partSelect(session: Session, { partNames, partName }: ArchiveSummary): TemplateResult | typeof nothing {
  if (partNames.length === 0) return nothing
  const change = ({ target }: Event): void => {
    if (!(target instanceof HTMLSelectElement)) return
    const index = target.selectedIndex - 1
    void session.reopen({ part: partNames[index] })
  }
  return html`<select aria-label="Part of the archive" @change=${change}>
    <option ?selected=${partName === undefined}>all ${partNames.length} parts</option>
    ${partNames.map((name) => html`<option ?selected=${name === partName}>${printable(name)}</option>`)}
  </select>`
}

function meterOf({ state: { meter } }: Session): TemplateResult | typeof nothing {
  if (meter?.sizeBytes === undefined) return nothing
  return html`<span class="muted" data-meter>${meterText(meter, meter.sizeBytes)}</span>`
}

function buttons(session: Session, { onAbout }: HeaderActions): TemplateResult {
  return html`<div class="actions">
    <button class="plain" aria-label="About this archive" title="About this archive" aria-haspopup="dialog" @click=${onAbout}>
      ${glyph('about')}
    </button>
    <button class="plain" aria-label="Open another archive" title="Open another archive" @click=${(): void => void session.close()}>
      ${glyph('folder')}<span class="label">Open another</span>
    </button>
  </div>`
}

/** Nothing more can be read of what was replaced. */
function replacedStrip(session: Session): TemplateResult | typeof nothing {
  const { meter, request } = session.state
  if (!meter?.isReplaced) return nothing
  const isAddress = request?.places.every(({ type }) => type === 'url') ?? false
  return html`<div class="strip">
    ${glyph('warning')}
    <p role="alert">The archive was replaced, or has changed, since it was opened: what is not shown yet cannot be read.</p>
    ${
      isAddress
        ? html`<button @click=${(): void => void session.reopen()}>Open it anew</button>`
        : html`<button @click=${(): void => void session.close()}>Choose it again</button>`
    }
  </div>`
}

/** What cannot be read, for want of a base or of the archive itself. */
function dataStrip({ bases, isCatalogue }: ArchiveSummary, neededBases: number): TemplateResult | typeof nothing {
  if (isCatalogue)
    return html`<div class="strip">
      ${glyph('warning')}
      <p>This is a catalogue: it lists an archive, and has no data. To look into files, open the archive.</p>
    </div>`
  const missing = bases.filter(({ isGiven }) => !isGiven)
  // Archives of the original do not tell of their bases, their entries do.
  const count = missing.length + Math.max(neededBases - bases.length, 0)
  if (count === 0) return nothing
  const [first] = missing
  const named = first?.name === undefined ? '' : ` (${printable(first.name)})`
  return html`<div class="strip">
    ${glyph('warning')}
    <p>
      ${count === 1 ? `Its base${named} is not here` : `${count} of its bases are not here`}: files that
      had not changed when it was made cannot be read.
    </p>
    ${addBaseButton()}
  </div>`
}

function noticeStrip({ notices }: ArchiveSummary): TemplateResult | typeof nothing {
  if (notices.length === 0) return nothing
  return html`<div class="strip">
    ${glyph('warning')}
    <details>
      <summary>${countText(notices.length, 'oddity', 'oddities')} of this archive</summary>
      <ul>
        ${notices.map((notice) => html`<li>${printable(notice)}</li>`)}
      </ul>
    </details>
  </div>`
}
