/** Says in plain words what went wrong. */
import { isIsptarError } from 'isptar'
import { type Trouble, TroubleError } from '../contract/trouble.ts'

/** Gives the words for anything that was thrown. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'aborted', title: 'Stopped', detail: '', advice: '' }
  const detail = error instanceof Error ? error.message : String(error)
  if (isIsptarError(error, 'format'))
    return { kind: 'not-archive', title: 'This is not an isptar archive, or its end is missing', detail, advice: '' }
  return { kind: 'other', title: 'This did not work', detail, advice: '' }
}
