/** Holds the bases that were given against those a differential archive was made from (SPEC 8). */
import { BaseMismatchError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
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
  const named = identitiesOf(serviceInfo)
  if (named.length === 0 && serviceInfo.has('format'))
    throw new BaseMismatchError(`${name} is no differential archive: it has no base, ${bases.length} given`)
  for (const [index, base] of bases.entries()) {
    const expected = named[index] ?? nextIdentity(bases[index - 1])
    if (base === undefined || expected === undefined) continue
    const actual = await base.computeIdentity(options)
    if (actual !== expected) throw wrongBase(name, base, index + 1, named.indexOf(actual) + 1)
  }
}

function identitiesOf(info: ServiceInfo): readonly string[] {
  return (info.get('base') ?? '').split(',').filter((identity) => identity !== '')
}

function nextIdentity(base: Archive | undefined): string | undefined {
  return base?.baseIdentities[0]
}

function wrongBase(name: string, base: Archive, place: number, rightPlace: number): BaseMismatchError {
  const what =
    rightPlace > 0
      ? `it is base ${rightPlace}: give the bases nearest first`
      : `its identity is ${base.identity ?? 'another'}: give the archive that was its base, unchanged`
  return new BaseMismatchError(`${base.name} is not base ${place} of ${name}; ${what}`)
}
