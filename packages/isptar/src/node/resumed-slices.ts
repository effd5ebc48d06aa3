/** Looks whether the slices of an earlier run are still what it stored, before another run goes on behind them. */
import { IntegrityError, StorageError } from '../errors.ts'
import { lookAt } from './earlier-slices.ts'
import type { EarlierRun } from './resume-journal.ts'

/**
 * Compares the slices that lie beside an archive with what its journal says of them; their content is not read. One that
 * is away may have been moved by who was told of it, or by hand once it was done with.
 *
 * @param path - of the archive
 * @param run - what the journal says
 * @param options - `sliceBytes`: length of all but the last slices; `tells`: whether this run tells somebody of slices
 * @returns what people should know
 * @throws IntegrityError for a slice of another size; StorageError of kind `not-found` for one that nobody can have moved
 */
export async function checkEarlierSlices(
  path: string,
  run: EarlierRun,
  { sliceBytes, tells }: { readonly sliceBytes: number; readonly tells: boolean },
): Promise<readonly string[]> {
  const { point, handedOver, handedOverBytes, told, untold } = run
  const { finished } = point
  const sizes = new Map([
    [handedOver, handedOverBytes],
    [finished.slice, finished.sizeBytes],
  ])
  const away: string[] = []
  for (let slice = 1; slice <= Math.max(finished.slice, handedOver); slice += 1) {
    const name = `${path}.part${slice}`
    const found = await lookAt(name)
    if (found !== undefined) checkSize(name, found.size, sizes.get(slice) ?? sliceBytes)
    else if (slice > handedOver && !told) throw missing(name)
    else if (slice <= untold) away.push(name)
  }
  return [...describeAway(away), ...(tells ? describeUntold(untold) : [])]
}

function checkSize(name: string, actual: number, expected: number): void {
  if (actual === expected) return
  const advice = 'bring back the slice as it was, or begin anew and allow overwriting'
  const message = `cannot go on behind ${name}: it has ${actual} bytes, not the ${expected} that were stored; ${advice}`
  throw new IntegrityError(message, { expected, actual })
}

function missing(name: string): StorageError {
  const message = `cannot go on behind ${name}: it is not there, and it was handed over to nobody; bring it back, or begin anew`
  return new StorageError(message, { operation: 'resume', location: name, kind: 'not-found' })
}

function describeAway([first, ...more]: readonly string[]): string[] {
  if (first === undefined) return []
  const what = more.length === 0 ? `${first} is` : `${more.length + 1} slices are`
  const which = more.length === 0 ? '' : `, the first is ${first}`
  return [`${what} not beside the archive, and was told to nobody${which}; the archive is of no use without`]
}

function describeUntold(untold: number): string[] {
  if (untold === 0) return []
  const which = untold === 1 ? 'slice 1, which is' : `slices up to ${untold}, which are`
  return [`an earlier run had nobody to tell of ${which} not told of now`]
}
