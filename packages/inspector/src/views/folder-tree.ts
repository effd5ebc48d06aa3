/** The tree of folders. */
import { css, type CSSResult, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { classMap } from 'lit/directives/class-map.js'
import { repeat } from 'lit/directives/repeat.js'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { type FolderNode, FolderNodes } from './folder-nodes.ts'
import { ICONS, iconOf } from './row-icons.ts'
import { TypedText } from './typed-text.ts'
import { rowPixelsOf, VirtualRows } from './virtual-rows.ts'

/** Where levels are indented no further. */
const INDENTED_LEVELS = 8

/** The tree; it opens as far as the folder that is shown. */
export class FolderTree extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: flex;
        min-height: 0;
        background: var(--isptar-raised);
      }
      [role='tree'] {
        position: relative;
        flex: 1;
        min-width: 0;
        overflow: hidden auto;
        overflow-anchor: none;
      }
      .space {
        position: relative;
        overflow: hidden;
      }
      [role='treeitem'] {
        position: absolute;
        inset: 0 0 auto;
        display: flex;
        align-items: center;
        gap: 6px;
        padding-inline-end: 8px;
        cursor: pointer;
        contain: strict;
      }
      [role='treeitem']:hover {
        background: var(--isptar-sunken);
      }
      [role='treeitem'][aria-selected='true'] {
        background: var(--isptar-selected);
        font-weight: 600;
      }
      [role='treeitem']:focus-visible {
        outline-offset: -2px;
      }
      .twisty {
        flex: none;
        display: grid;
        place-items: center;
        width: 24px;
        height: 100%;
        color: var(--isptar-muted);
      }
      .open .twisty {
        rotate: 90deg;
      }
      .icon {
        flex: none;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.4;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .folder {
        flex: none;
        display: grid;
        color: var(--isptar-accent);
      }
      .icon .solid {
        fill: color-mix(in srgb, currentColor 22%, transparent);
      }
    `,
  ]
  readonly #rows = new VirtualRows(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('[role="tree"]'),
    rowPixels: () => this.#rowPixels,
  })
  readonly #typed = new TypedText()
  #rowPixels = 30
  #nodes: FolderNodes | undefined
  #archive: ArchiveSummary | undefined
  #folder: string | undefined
  /** The node that keys go to. */
  #active = 0
  #activePath = ''
  #wantsFocus = false

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#nodes?.end()
    this.#nodes = undefined
    this.#archive = undefined
    this.#folder = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    this.#rowPixels = rowPixelsOf(this)
    const { archive, folder } = this.session.state
    if (archive && archive !== this.#archive) {
      this.#nodes?.end()
      this.#nodes = new FolderNodes(this.session.engine.browse, () => this.#changed())
      this.#archive = archive
      this.#folder = undefined
    }
    if (folder !== this.#folder) {
      this.#folder = folder
      this.#activePath = folder
      this.#nodes?.revealFolder(folder)
      this.#changed()
    }
  }

  #changed(): void {
    const nodes = this.#nodes?.visible ?? []
    const index = nodes.findIndex(({ path, moreCount }) => path === this.#activePath && moreCount === undefined)
    this.#active = Math.max(index, 0)
    this.requestUpdate()
    if (index >= 0) void this.updateComplete.then(() => this.#rows.reveal(this.#active))
  }

  override updated(): void {
    if (!this.#wantsFocus) return
    const node = this.renderRoot.querySelector<HTMLElement>(`[data-index="${this.#active}"]`)
    if (node === null) return
    this.#wantsFocus = false
    node.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    const nodes = this.#nodes?.visible ?? []
    const rows = this.#rows.rows(nodes.length, this.#active)
    return html`<div role="tree" aria-label="Folders" @keydown=${this.#key}>
      <div role="presentation" class="space" .style=${this.#rows.spaceStyle}>
        ${repeat(
          rows,
          ({ index }) => index,
          ({ index, style }) => {
            const node = nodes[index]
            return node ? this.#node(node, index, style) : nothing
          },
        )}
      </div>
    </div>`
  }

  #node(node: FolderNode, index: number, style: string): TemplateResult {
    const { path, name, level, position, siblings, isExpanded, isLoading, moreCount } = node
    const text = path === '' ? 'Top of the archive' : printable(name)
    const indent = 4 + (Math.min(level, INDENTED_LEVELS) - 1) * 14
    return html`<div
      role="treeitem"
      data-index=${index}
      class=${classMap({ open: isExpanded === true })}
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${siblings}
      aria-expanded=${isExpanded === undefined ? nothing : String(isExpanded)}
      aria-selected=${String(path === this.session.state.folder && moreCount === undefined)}
      aria-busy=${String(isLoading)}
      tabindex=${index === this.#active ? 0 : -1}
      title=${moreCount === undefined ? text : nothing}
      .style=${`${style}; padding-inline-start: ${indent}px`}
      @click=${({ detail }: MouseEvent): void => void (detail <= 1 && this.#show(node, index))}
    >
      <span class="twisty" @click=${(event: Event): void => this.#toggle(event, node, index)}>
        ${isExpanded === undefined ? nothing : ICONS.twisty}
      </span>
      ${
        moreCount === undefined
          ? html`<span class="folder">${path === '' ? ICONS.root : iconOf('directory', true, '')}</span>
            <span class="name">${text}</span>`
          : html`<span class="name muted">${moreCount.toLocaleString('en')} more in the list</span>`
      }
    </div>`
  }

  #show({ path }: FolderNode, index: number): void {
    this.#goTo(index)
    this.session.openFolder(path)
  }

  #toggle(event: Event, { path, isExpanded }: FolderNode, index: number): void {
    if (isExpanded === undefined) return
    event.stopPropagation()
    this.#goTo(index)
    if (isExpanded) this.#nodes?.collapse(path)
    else this.#nodes?.expand(path)
  }

  #goTo(index: number): void {
    const nodes = this.#nodes?.visible ?? []
    this.#active = Math.min(Math.max(index, 0), Math.max(nodes.length - 1, 0))
    this.#activePath = nodes[this.#active]?.path ?? ''
    this.#wantsFocus = true
    this.requestUpdate()
    void this.updateComplete.then(() => this.#rows.reveal(this.#active))
  }

  readonly #key = (event: KeyboardEvent): void => {
    const nodes = this.#nodes?.visible ?? []
    const node = nodes[this.#active]
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return
    const step = this.#stepOf(event.key, node, nodes)
    if (step === undefined) return this.#typeAhead(event, nodes)
    event.preventDefault()
    event.stopPropagation()
    step()
  }

  /** What keys do, as trees have it everywhere. */
  #stepOf(key: string, node: FolderNode, nodes: readonly FolderNode[]): (() => void) | undefined {
    const { isExpanded, path, level } = node
    const parent = nodes.findLastIndex((one, index) => index < this.#active && one.level < level)
    const steps: Record<string, () => void> = {
      ArrowDown: () => this.#goTo(this.#active + 1),
      ArrowUp: () => this.#goTo(this.#active - 1),
      PageDown: () => this.#goTo(this.#active + this.#rows.pageRows),
      PageUp: () => this.#goTo(this.#active - this.#rows.pageRows),
      Home: () => this.#goTo(0),
      End: () => this.#goTo(nodes.length - 1),
      Enter: () => this.#show(node, this.#active),
      ' ': () => this.#show(node, this.#active),
      ArrowRight: () => {
        if (isExpanded === false) this.#nodes?.expand(path)
        else if (isExpanded) this.#goTo(this.#active + 1)
      },
      ArrowLeft: () => {
        if (isExpanded) this.#nodes?.collapse(path)
        else if (parent >= 0) this.#goTo(parent)
      },
    }
    return Object.hasOwn(steps, key) ? steps[key] : undefined
  }

  #typeAhead(event: KeyboardEvent, nodes: readonly FolderNode[]): void {
    const text = this.#typed.take(event)?.toLowerCase()
    if (text === undefined) return
    event.preventDefault()
    const start = text.length === 1 ? this.#active + 1 : this.#active
    for (let step = 0; step < nodes.length; step += 1) {
      const index = (start + step) % nodes.length
      if (nodes[index]?.name.toLowerCase().startsWith(text)) return this.#goTo(index)
    }
  }
}
