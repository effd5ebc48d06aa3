/** Says in plain words what went wrong. Pure. */
import { type IsptarError, isIsptarError, splitSliceName, StorageError } from 'isptar'
import { type Trouble, TroubleError } from '../contract/trouble.ts'
import { printable } from '../text/printable.ts'

/** All of a trouble but the details for experts. */
type Words = Omit<Trouble, 'detail'>

/** Gives the words for anything that was thrown. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'aborted', title: 'Stopped', detail: '', advice: '' }
  const detail = printable(error instanceof Error ? error.message : String(error))
  return { ...wordsFor(error), detail }
}

function wordsFor(error: unknown): Words {
  if (error instanceof StorageError) return wordsForStorage(error)
  if (isIsptarError(error)) return wordsForCode(error)
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return {
      kind: 'limit',
      title: 'The browser has no room left',
      advice: 'Free some room on the disk, and try again.',
    }
  if (error instanceof RangeError && /allocation|array length|buffer/i.test(error.message))
    return {
      kind: 'limit',
      title: 'The browser has not enough memory for this',
      advice: 'Close other pages, and try again.',
    }
  return { kind: 'other', title: 'This did not work', advice: '' }
}

function wordsForCode({ code, message }: IsptarError): Words {
  switch (code) {
    case 'format':
      return damaged('The archive is damaged, or made in another way than it says')
    case 'integrity':
      return damaged('Damaged data: it is not what was recorded')
    case 'base-mismatch':
      return message.includes('was not given')
        ? {
            kind: 'base-missing',
            title: 'This lies in a base of the archive, which is not here',
            advice: 'Add the base: the earlier archive that this one was made against.',
          }
        : {
            kind: 'base-missing',
            title: 'This is not the base of the archive',
            advice: 'Add the archive that it was made against, unchanged; the nearest first, where there are several.',
          }
    case 'unsupported':
      return { kind: 'unsupported', title: 'This cannot be done with this archive', advice: '' }
    case 'limit':
      return {
        kind: 'limit',
        title: 'This is larger than what is safe to read',
        advice: 'If the archive is to be trusted, the command `isptar` can read it.',
      }
    case 'entry-not-found':
      return { kind: 'not-found', title: 'The archive has no entry of this name', advice: '' }
    default:
      return { kind: 'other', title: 'This did not work', advice: '' }
  }
}

function damaged(title: string): Words {
  const advice = 'Get the archive anew from where it came from. “Check” tells what else of it is damaged.'
  return { kind: 'damaged', title, advice }
}

function wordsForStorage({ kind, location, message }: StorageError): Words {
  const isFile = !/^https?:/.test(location)
  switch (kind) {
    case 'not-found':
      return absent(location)
    case 'denied':
      return {
        kind: 'denied',
        title: isFile ? 'The browser may not read this file' : 'The server refuses access',
        advice: isFile ? 'Choose it again.' : 'It wants a password, or a fresh link. Ask whoever runs it.',
      }
    case 'changed':
      return {
        kind: 'changed',
        title: 'The archive was replaced while it was open',
        advice: isFile ? 'Choose the file again.' : 'Open it anew to see what it is now.',
      }
    case 'no-ranges':
      return {
        kind: 'no-ranges',
        title: 'The server cannot send a part of the archive',
        advice:
          'Without that, all of it has to be fetched: here, or by downloading it and choosing the file. ' +
          'Whoever runs the server can switch on range requests.',
      }
    case 'timeout':
    case 'connection':
      return {
        kind: 'network',
        title: kind === 'timeout' ? 'The server does not answer' : 'The connection failed',
        advice: 'Try again.',
      }
    case 'out-of-range':
      return damaged('The archive is shorter than it says')
    case 'protocol':
      return message.includes('expose Content-Range')
        ? {
            kind: 'cors',
            title: 'The server does not tell this page how large the archive is',
            advice:
              'It must send Access-Control-Expose-Headers: Content-Range, ETag. Or download the archive and choose the file.',
          }
        : { kind: 'network', title: 'The server sends something else than it was asked for', advice: 'Try again.' }
    default:
      return { kind: 'other', title: 'This cannot be read', advice: '' }
  }
}

/** A slice that is missing, or the archive itself. */
function absent(location: string): Words {
  const slice = splitSliceName(location)
  const name = printable(location.slice(location.lastIndexOf('/') + 1))
  return slice === undefined
    ? { kind: 'not-found', title: 'There is nothing at this address', advice: 'Check the address.' }
    : {
        kind: 'slice-missing',
        title: `Slice ${slice.slice} is missing`,
        advice: `Put ${name} beside the other slices, and try again.`,
      }
}
