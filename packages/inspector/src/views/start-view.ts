/** Where archives are opened: what there is to open, what is being opened, and why it could not be. */
import { css, type CSSResult, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { forgetAddresses, recentAddresses } from '../session/recent-addresses.ts'
import { addressName, placeName } from '../text/place-name.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText, timeText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'
import type { PickEvent } from './archive-picker.ts'

/** Where archives are opened. */
export class StartView extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
        padding: clamp(16px, 6cqh, 64px) 16px 32px;
      }
      .column {
        display: grid;
        gap: 20px;
        max-width: 560px;
        margin: 0 auto;
      }
      .drop {
        display: grid;
        gap: 14px;
        padding: 28px 24px 20px;
        border: 2px dashed var(--isptar-line);
        border-radius: calc(var(--isptar-radius) * 2);
        text-align: center;
      }
      .drop > svg {
        justify-self: center;
        color: var(--isptar-accent);
      }
      h2 {
        font-size: 20px;
        outline: none;
      }
      isptar-archive-picker {
        margin-top: 4px;
        text-align: start;
      }
      .opening {
        display: grid;
        gap: 12px;
        justify-items: start;
        padding: 20px;
        border: 1px solid var(--isptar-line);
        border-radius: var(--isptar-radius);
      }
      .opening h2 {
        max-width: 100%;
        font-size: 16px;
      }
      progress {
        width: 100%;
        accent-color: var(--isptar-accent);
      }
      section header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 36px;
      }
      ul {
        margin: 0;
        padding: 0;
        border: 1px solid var(--isptar-line);
        border-radius: var(--isptar-radius);
        overflow: hidden;
        list-style: none;
      }
      li + li {
        border-top: 1px solid var(--isptar-line);
      }
      li button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 12px;
        width: 100%;
        min-height: 44px;
        border: 0;
        border-radius: 0;
        background: none;
        text-align: start;
      }
      li button:hover {
        background: var(--isptar-raised);
      }
      li button:focus-visible {
        outline-offset: -2px;
      }
      li .folder {
        grid-column: 1 / -1;
        font-size: 12px;
      }
      .private {
        text-align: center;
        text-wrap: balance;
      }
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
    `,
  ]

  #hadFocus = false

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    this.#hadFocus = this.shadowRoot?.activeElement != null
  }

  override updated(): void {
    // What had the focus may be gone.
    if (this.#hadFocus && this.shadowRoot?.activeElement == null) this.focus()
  }

  /** Puts the focus where opening begins. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
  }

  override render(): TemplateResult {
    const { phase } = this.session.state
    return html`<div class="column">
      ${phase === 'opening' ? this.#opening() : html`${this.#trouble()}${this.#choose()}${this.#offered()}${this.#recent()}`}
    </div>`
  }

  #opening(): TemplateResult {
    const { request, meter } = this.session.state
    const { bytes = 0, requests = 0, sizeBytes } = meter ?? {}
    const isWhole = request?.places.some((place) => place.type === 'url' && place.isFetchedWhole)
    return html`<div class="opening">
      <h2 class="name" tabindex="-1">Opening ${printable(request?.places[0] ? placeName(request.places[0]) : '')}</h2>
      <progress
        aria-label="Opening"
        max=${(isWhole && sizeBytes) || nothing}
        value=${isWhole && sizeBytes ? bytes : nothing}
      ></progress>
      <p class="muted" aria-live="polite">
        ${bytesText(bytes)}${isWhole && sizeBytes ? html` of ${bytesText(sizeBytes)}` : nothing} in
        ${countText(requests, 'request')}
      </p>
      <button @click=${(): void => void this.session.close()}>Stop</button>
    </div>`
  }

  #trouble(): TemplateResult | typeof nothing {
    const { phase, trouble, request } = this.session.state
    if (phase !== 'failed' || trouble === undefined) return nothing
    const isAddress = request?.places.every(({ type }) => type === 'url') ?? false
    const canBeFetched = trouble.kind === 'no-ranges' && request?.places.length === 1
    const canRetry = isAddress && !['choice', 'not-archive', 'no-ranges'].includes(trouble.kind)
    const [place] = request?.places ?? []
    const outer = place?.type === 'entry' ? place.of : undefined
    return html`<isptar-trouble-notice .trouble=${trouble}>
      ${outer ? html`<button @click=${(): void => void this.session.open(outer)}>Back</button>` : nothing}
      ${canBeFetched ? html`<button @click=${(): void => this.#fetchWhole()}>Fetch all of it</button>` : nothing}
      ${
        canRetry || trouble.kind === 'worker'
          ? html`<button @click=${(): void => void this.session.reopen()}>Try again</button>`
          : nothing
      }
    </isptar-trouble-notice>`
  }

  /** The address that could not be opened, to be put right. */
  get #failedAddress(): string {
    const { phase, request } = this.session.state
    const [place, ...others] = request?.places ?? []
    return phase === 'failed' && place?.type === 'url' && others.length === 0 ? place.url : ''
  }

  #fetchWhole(): void {
    const places = this.session.state.request?.places ?? []
    void this.session.reopen({
      places: places.map((place) => (place.type === 'url' ? { ...place, isFetchedWhole: true } : place)),
    })
  }

  #choose(): TemplateResult {
    return html`<div class="drop">
        ${glyph('archive', 44)}
        <div>
          <h2 tabindex="-1">Look into an archive</h2>
          <p class="muted">Drop a .tar.gz made by isptar here: one file, or all its slices together.</p>
        </div>
        <isptar-archive-picker
          centered
          .isMain=${true}
          .address=${this.#failedAddress}
          @isptar-pick=${({ detail }: PickEvent): void => void this.session.open({ places: detail })}
        ></isptar-archive-picker>
      </div>
      <p class="muted private">
        Nothing is uploaded: this page reads archives here, in your browser, and of an address it fetches only what is
        looked at.
      </p>`
  }

  #offered(): TemplateResult | typeof nothing {
    const { offered } = this.session.state
    if (offered.length === 0) return nothing
    return html`<section>
      <header><h3>On this server</h3></header>
      <ul>
        ${offered.map(
          ({ name, request }) => html`<li>
            <button @click=${(): void => void this.session.open(request)}>
              <span class="name">${printable(name)}</span>
            </button>
          </li>`,
        )}
      </ul>
    </section>`
  }

  #recent(): TemplateResult | typeof nothing {
    const recent = this.session.remembers ? recentAddresses() : []
    if (recent.length === 0) return nothing
    return html`<section>
      <header>
        <h3>Opened before</h3>
        <button class="plain" @click=${(): void => this.#forget()}>Forget them</button>
      </header>
      <ul>
        ${recent.map(({ url, openedAt }) => {
          const { host, pathname } = new URL(url)
          const cut = pathname.lastIndexOf('/') + 1
          return html`<li>
            <button
              title=${printable(url)}
              @click=${(): void => void this.session.open({ places: [{ type: 'url', url }] })}
            >
              <span class="name">${printable(addressName(url))}</span>
              <time class="muted">${timeText(openedAt / 1000)}</time>
              <span class="folder muted name">${host}${printable(pathname.slice(0, cut))}</span>
            </button>
          </li>`
        })}
      </ul>
    </section>`
  }

  #forget(): void {
    forgetAddresses()
    this.requestUpdate()
  }
}
