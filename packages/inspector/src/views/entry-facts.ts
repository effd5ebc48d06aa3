/** What an archive says of an entry, as a list of terms. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { EntryDetails, EntryLocation } from '../contract/entry-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { exactTimeText } from '../text/exact-time.ts'
import { modeText, octalText } from '../text/mode-text.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'

/** Bytes of an attribute that are shown. */
const SHOWN_BYTES = 64

const TYPES: Readonly<Record<EntryDetails['type'], string>> = {
  file: 'File',
  directory: 'Folder',
  folder: 'Folder without an entry of its own',
  symlink: 'Symbolic link',
  hardlink: 'Hard link',
  fifo: 'Named pipe',
  char: 'Character device',
  block: 'Block device',
}

/** Shows `details`. */
export class EntryFacts extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    details: { attribute: false },
    copied: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(72px, max-content) minmax(0, 1fr);
        gap: 4px 14px;
        margin: 0;
        line-height: 22px;
      }
      dt {
        color: var(--isptar-muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .warning {
        margin: 0 0 10px;
        padding: 6px 10px;
        border-inline-start: 3px solid var(--isptar-warn);
        border-radius: 4px;
        background: var(--isptar-raised);
        overflow-wrap: anywhere;
      }
      .link {
        display: inline;
        min-height: 32px;
        margin-block: -5px;
        padding: 5px 0;
        border: 0;
        background: none;
        color: var(--isptar-accent);
        text-align: start;
        text-decoration: underline;
        text-underline-offset: 2px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .path {
        white-space: pre-wrap;
        unicode-bidi: isolate;
      }
      .digest {
        display: flex;
        gap: 8px;
        align-items: start;
      }
      .digest code {
        flex: 1;
        min-width: 0;
        line-height: 20px;
        padding-block: 2px;
      }
      .small {
        min-height: 32px;
        margin-block: -3px;
        padding: 2px 10px;
        font-size: 13px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      @media (pointer: coarse) {
        .small,
        .link {
          min-height: 44px;
        }
      }
    `,
  ]
  declare details: EntryDetails
  declare copied: 'no' | 'yes' | 'refused'

  constructor() {
    super()
    this.copied = 'no'
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    if (changed.has('details')) this.copied = 'no'
  }

  override render(): TemplateResult {
    const { details } = this
    const { type, mode, sizeBytes, device, mtimeSeconds, mtimeNanoseconds = 0 } = details
    return html`${warningsOf(details).map((words) => html`<p class="warning">${printable(words)}</p>`)}
      <dl>
        ${fact('Type', TYPES[type])}
        ${type === 'file' ? fact('Size', `${sizeText(sizeBytes)}${packedText(details)}`) : nothing} ${this.#target()}
        ${device ? fact('Device', `major ${device.major}, minor ${device.minor}`) : nothing}
        ${mtimeSeconds === undefined ? nothing : fact('Modified', exactTimeText(mtimeSeconds, mtimeNanoseconds))}
        ${fact('Mode', html`<span class="mono">${modeText(type, mode)}</span> <span class="muted mono">${octalText(mode)}</span>`)}
        ${fact('Owner', `${ownerText(details.userName, details.uid)}, group ${ownerText(details.groupName, details.gid)}`)}
        ${this.#digest()}
        ${details.location ? fact('Place', placeText(details.location, details)) : nothing} ${this.#attributes()}
      </dl>`
  }

  #target(): TemplateResult | typeof nothing {
    const { linkTarget, target, type } = this.details
    if (linkTarget === undefined) return nothing
    const words = html`<span class="path">${printable(linkTarget)}</span>`
    const term = type === 'hardlink' ? 'Same file as' : 'Leads to'
    if (target === undefined) return fact(term, html`${words} <span class="muted">(not in this archive)</span>`)
    const reveal = (): void => this.session.reveal(target.path, target.line)
    return fact(term, html`<button class="link" @click=${reveal}>${words}</button>`)
  }

  #digest(): TemplateResult | typeof nothing {
    const { digest } = this.details
    if (digest === undefined) return nothing
    const label = { no: 'Copy', yes: 'Copied', refused: 'Select it to copy it' }[this.copied]
    return fact(
      'SHA-256',
      html`<span class="digest">
        <code class="mono">${digest}</code>
        <button class="small" aria-label="Copy the SHA-256" @click=${(): void => void this.#copy(digest)}>
          ${this.copied === 'yes' ? 'Copied' : 'Copy'}
        </button>
        <span class="visually-hidden" role="status">${this.copied === 'no' ? '' : label}</span>
      </span>`,
    )
  }

  /** Pages from the disk or without TLS may not use the clipboard: then it is selected for the user's own copying. */
  async #copy(digest: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(digest)
      this.copied = 'yes'
    } catch {
      const code = this.renderRoot.querySelector('.digest code')
      if (code) getSelection()?.selectAllChildren(code)
      this.copied = 'refused'
    }
  }

  #attributes(): TemplateResult | typeof nothing {
    const { xattrs } = this.details
    if (xattrs.length === 0) return nothing
    return fact(
      'Attributes',
      html`<ul>
        ${xattrs.map(
          ({ name, value }) =>
            html`<li><span class="path">${printable(name)}</span> <span class="mono muted">${valueText(value)}</span></li>`,
        )}
      </ul>`,
    )
  }
}

function fact(term: string, value: string | TemplateResult): TemplateResult {
  return html`<dt>${term}</dt>
    <dd>${value}</dd>`
}

function warningsOf({ isDirty, unsafeReason, problems }: EntryDetails): readonly string[] {
  const warnings: string[] = []
  if (unsafeReason !== undefined)
    warnings.push(`Unsafe path: ${unsafeReason}. It is shown, but would not be extracted.`)
  if (isDirty)
    warnings.push('It changed while it was packed: its data may be of two versions, cut, or filled with zeros.')
  return [...warnings, ...problems]
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? countText(bytes, 'byte') : `${bytesText(bytes)} (${countText(bytes, 'byte')})`
}

/** A group has one packed size for all that is in it, which {@link placeText} says. */
function packedText({ packedBytes, sizeBytes, location }: EntryDetails): string {
  if (packedBytes === undefined || sizeBytes === 0 || location?.isInGroup) return ''
  const share = (packedBytes / sizeBytes) * 100
  // Of tiny files, the member's own bytes are more: a share says nothing then.
  const shareText = share > 100 ? '' : `, ${share.toFixed(share < 10 ? 1 : 0)} %`
  return `, packed ${bytesText(packedBytes)}${shareText}`
}

function ownerText(name: string, id: number): string {
  return name === '' ? String(id) : `${printable(name)} (${id})`
}

function placeText(location: EntryLocation, { packedBytes }: EntryDetails): string {
  const { depth, slice, sliceName, offset, archiveOffset, isInGroup, baseName } = location
  const at = `at byte ${offset.toLocaleString('en')}`
  const where: string[] = []
  if (depth > 0) where.push(`in base ${depth}${baseName === undefined ? '' : `, ${printable(baseName)}`}`)
  if (sliceName !== undefined || slice > 1)
    where.push(`in slice ${slice}${sliceName === undefined ? '' : `, ${printable(sliceName)}`}`)
  where.push(at)
  if (archiveOffset !== undefined && archiveOffset !== offset)
    where.push(`(${archiveOffset.toLocaleString('en')} of the whole)`)
  if (isInGroup) where.push(`in a group${packedBytes === undefined ? '' : ` of ${bytesText(packedBytes)}`}`)
  return where.join(' ')
}

function valueText(value: Uint8Array): string {
  const start = value.subarray(0, SHOWN_BYTES)
  const more = value.length > SHOWN_BYTES ? ` … ${countText(value.length, 'byte')}` : ''
  try {
    return `"${printable(new TextDecoder('utf-8', { fatal: true }).decode(start))}"${more}`
  } catch {
    return Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join(' ') + more
  }
}
