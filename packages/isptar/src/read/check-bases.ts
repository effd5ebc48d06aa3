/** Holds the bases that were given against those a differential archive was made from (SPEC 8). */
import { BaseMismatchError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { type ServiceInfo, serviceList } from '../tail/service-info.ts'
import type { Archive } from './archive.ts'

/** What is known of the archive that has bases. */
export interface WithBases {
  readonly name: string
  readonly serviceInfo: ServiceInfo
}

/**
 * Checks identities. An archive names its nearest bases only; further ones are named by those.
 *
 * @param bases - nearest first; undefined where one is not at hand
 * @throws BaseMismatchError for a base that is another one, or stands in another place
 */
export async function checkBases(
  { name, serviceInfo }: WithBases,
  bases: readonly (Archive | undefined)[],
  options: ReadOptions,
): Promise<void> {
  if (bases.length === 0) return
  const named = serviceList(serviceInfo, 'base', ',')
  if (named.length === 0 && serviceInfo.has('format'))
    throw new BaseMismatchError(`${name} is no differential archive: it has no base, ${bases.length} given`)
  for (const [index, base] of bases.entries()) {
    const before = bases[index - 1]
    const expected = named[index] ?? before?.baseIdentities[0]
    if (base === undefined) continue
    if (expected === undefined) {
      // Archives of the original name none: that theirs fit is told by the references, before data is given.
      if (!serviceInfo.has('format') || before?.formatVersion === 1) continue
      throw unknownBase(name, base, index + 1, before)
    }
    const actual = await base.computeIdentity(options)
    if (actual !== expected) throw wrongBase(name, base, index + 1, named.indexOf(actual) + 1)
  }
}

function unknownBase(name: string, base: Archive, place: number, before: Archive | undefined): BaseMismatchError {
  const why =
    before === undefined ? `only base ${place - 1} says what that is: give it, too` : `${before.name} has none`
  return new BaseMismatchError(`${base.name} cannot be base ${place} of ${name}; ${why}`)
}

function wrongBase(name: string, base: Archive, place: number, rightPlace: number): BaseMismatchError {
  const what =
    rightPlace > 0
      ? `it is base ${rightPlace}: give the bases nearest first`
      : `its identity is ${base.identity ?? 'another'}: give the archive that was its base, unchanged`
  return new BaseMismatchError(`${base.name} is not base ${place} of ${name}; ${what}`)
}
