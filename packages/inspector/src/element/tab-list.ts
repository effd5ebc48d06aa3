/** The tabs of an open archive: one is in the order of the Tab key, arrows go from one to the next. */
import { html, type TemplateResult } from 'lit'
import type { Session } from '../session/session.ts'
import { TABS } from './tabs.ts'

/** Gives the tabs; their panels are called `panel-…` and lie in the same tree. */
export function tabList(session: Session): TemplateResult {
  const { tab } = session.state
  return html`<div role="tablist" aria-label="Views" part="tabs" @keydown=${(event: KeyboardEvent): void => move(session, event)}>
    ${TABS.map(
      ({ id, label }) => html`<button
        role="tab"
        id="tab-${id}"
        data-tab=${id}
        aria-controls="panel-${id}"
        aria-selected=${id === tab}
        tabindex=${id === tab ? 0 : -1}
        @click=${(): void => session.showTab(id)}
      >
        ${label}
      </button>`,
    )}
  </div>`
}

function move(session: Session, event: KeyboardEvent): void {
  const now = TABS.findIndex(({ id }) => id === session.state.tab)
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: (now + TABS.length - 1) % TABS.length,
    ArrowRight: (now + 1) % TABS.length,
    Home: 0,
    End: TABS.length - 1,
  }
  const next = TABS[places[event.key] ?? -1]
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  session.showTab(next.id)
  const list = event.currentTarget
  if (list instanceof HTMLElement) list.querySelector<HTMLElement>(`[data-tab=${next.id}]`)?.focus()
}
