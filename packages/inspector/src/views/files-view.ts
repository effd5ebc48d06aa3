/** Tree, list and details, as many beside each other as there is room for. */
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'
import { FileList } from './file-list.ts'

/** From these widths on there is a tree beside the list, and beside list and details, in pixels. */
const TREE_PIXELS = 720
const ALL_PIXELS = 1080

/** Tree, list and details. */
export class FilesView extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        min-height: 0;
        container: files / inline-size;
      }
      .missing {
        display: flex;
        gap: 8px;
        padding: 8px 16px;
        border-bottom: 1px solid var(--isptar-line);
        background: var(--isptar-raised);
        overflow-wrap: anywhere;
      }
      .missing svg {
        flex: none;
        color: var(--isptar-warn);
      }
      .columns {
        position: relative;
        flex: 1;
        display: flex;
        min-height: 0;
      }
      isptar-folder-tree {
        flex: none;
        width: clamp(180px, 20%, 300px);
        border-inline-end: 1px solid var(--isptar-line);
      }
      isptar-file-list {
        flex: 1;
        min-width: 0;
      }
      .panel {
        flex: none;
        display: flex;
        flex-direction: column;
        width: clamp(320px, 36%, 640px);
        min-height: 0;
        border-inline-start: 1px solid var(--isptar-line);
        background: var(--isptar-ground);
      }
      isptar-entry-panel {
        flex: 1;
        min-height: 0;
      }
      @container files (max-width: 719px) {
        .panel {
          position: absolute;
          inset: 0;
          width: auto;
          border: 0;
        }
      }
    `,
  ]
  #width = 0
  readonly #watch = new ResizeObserver(([entry]) => {
    this.#width = entry?.contentRect.width ?? 0
    this.requestUpdate()
  })

  override connectedCallback(): void {
    super.connectedCallback()
    this.#watch.observe(this)
    this.addEventListener('keydown', this.#key)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watch.disconnect()
    this.removeEventListener('keydown', this.#key)
  }

  override render(): TemplateResult {
    const { current } = this.session.state
    const hasTree = this.#width >= (current ? ALL_PIXELS : TREE_PIXELS)
    const isCovered = current !== undefined && this.#width < TREE_PIXELS
    return html`${this.#missing()}
      <div class="columns">
        ${hasTree ? html`<isptar-folder-tree .session=${this.session}></isptar-folder-tree>` : nothing}
        <isptar-file-list .session=${this.session} ?inert=${isCovered}></isptar-file-list>
        ${
          current
            ? html`<div class="panel">
              <isptar-entry-panel .session=${this.session} .coversList=${isCovered}></isptar-entry-panel>
            </div>`
            : nothing
        }
      </div>
      <isptar-take-bar .session=${this.session}></isptar-take-bar>`
  }

  override updated(): void {
    const list = this.renderRoot.querySelector('isptar-file-list')
    // What has the focus is covered now.
    if (list instanceof FileList && list.inert && this.shadowRoot?.activeElement === list)
      this.renderRoot.querySelector<HTMLElement>('isptar-entry-panel')?.focus()
  }

  #missing(): TemplateResult | typeof nothing {
    const { missing, folder } = this.session.state
    if (missing === undefined) return nothing
    return html`<p class="missing" role="alert">
      ${glyph('warning')}
      <span>There is no ${printable(missing)} in this archive.${folder === '' ? nothing : ' This is the nearest folder.'}</span>
    </p>`
  }

  readonly #key = (event: KeyboardEvent): void => {
    const [target] = event.composedPath()
    const isTyping = target instanceof HTMLInputElement && target.type !== 'checkbox'
    const isField = isTyping || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isField) return
    const list = this.renderRoot.querySelector('isptar-file-list')
    if (!(list instanceof FileList) || list.inert) return
    event.preventDefault()
    list.focusSearch()
  }
}
