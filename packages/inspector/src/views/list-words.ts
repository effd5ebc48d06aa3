/** What the list says of itself. */
import type { ViewState } from '../contract/browse-calls.ts'
import type { SessionState } from '../session/session-state.ts'
import { countText } from '../text/quantity.ts'

/**
 * Says how many rows there are, whether there will be more, and how many are selected.
 *
 * @param state - of the view; undefined before anything is known
 * @param isFailed - whether no more will come
 */
export function summaryText(
  { search, selected }: SessionState,
  state: ViewState | undefined,
  isFailed: boolean,
): string {
  const rows = countText(state?.count ?? 0, 'entry', 'entries')
  const searched = countText(state?.searchedCount ?? 0, 'entry', 'entries')
  const noun = search === '' ? rows : `${rows} found`
  const progress = search === '' ? 'loading…' : `searching… ${searched} read`
  const parts = state ? [noun, state.isComplete || isFailed ? '' : progress] : [isFailed ? '' : 'loading…']
  if (selected.size > 0) parts.push(`${selected.size.toLocaleString('en')} selected`)
  return parts.filter((part) => part !== '').join(' · ')
}

/** Says why there are no rows. */
export function nothingText({ folder, search }: SessionState): string {
  if (search === '') return folder === '' ? 'This archive is empty.' : 'This folder is empty.'
  return folder === '' ? 'Nothing was found.' : 'Nothing was found in this folder.'
}
