/** The tabs of an open archive. */
import type { Tab } from '../session/session-state.ts'

/** In the order in which they stand. */
export const TABS: readonly { readonly id: Tab; readonly label: string }[] = [
  { id: 'files', label: 'Files' },
  { id: 'picture', label: 'Space' },
  { id: 'bytes', label: 'Bytes' },
  { id: 'check', label: 'Check' },
  { id: 'compare', label: 'Compare' },
]
