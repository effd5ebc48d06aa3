/** Which places are slices of one archive, and in which order. Pure. */
import { splitSliceName } from 'isptar'
import type { Place } from '../contract/archive-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import { placeName } from '../text/place-name.ts'
import { printable } from '../text/printable.ts'

/** Places in the order of the archive. */
export interface ArrangedPlaces {
  /** What the whole is called, without folders and credentials. */
  readonly name: string
  readonly places: readonly Place[]
}

/** Most names in a sentence. */
const SHOWN_NAMES = 5

/**
 * Puts slices in their order.
 *
 * @param places - one archive, or its slices in any order; what has no slice's name stays where it is
 * @throws TroubleError when there are none, several archives, one slice twice, or a slice is missing
 */
export function arrangePlaces(places: readonly Place[]): ArrangedPlaces {
  const [first, ...others] = places
  if (first === undefined)
    throw choice('There is nothing to open', '', 'Choose an archive, or all slices of one, or give an address.')
  const split = places.map((place) => ({ place, slice: splitSliceName(placeName(place)) }))
  const names = [...new Set(split.map(({ place, slice }) => slice?.whole ?? placeName(place)))]
  const [name = ''] = names
  if (others.length === 0) {
    // The address of one slice stands for all of them.
    const isWhole = first.type !== 'file' || split[0]?.slice === undefined
    if (isWhole || split[0]?.slice?.slice === 1) return { name, places }
    throw missingSlices(name, [first], [split[0]?.slice?.slice ?? 1])
  }
  if (names.length > 1 || split.some(({ slice }) => slice === undefined))
    throw choice(
      'These are several archives',
      listNames([...new Set(names)]),
      'Open one at a time: one file, or all slices NAME.part1, NAME.part2, … of it. Bases are added once it is open.',
    )
  const sorted = split.toSorted((a, b) => (a.slice?.slice ?? 0) - (b.slice?.slice ?? 0))
  const numbers = sorted.map(({ slice }) => slice?.slice ?? 0)
  const twice = numbers.find((number, index) => numbers[index + 1] === number)
  if (twice !== undefined)
    throw choice(`Slice ${twice} is there twice`, `${name}.part${twice}`, 'Choose each slice once.')
  if (numbers.length !== numbers.at(-1)) throw missingSlices(name, places, numbers)
  return { name, places: sorted.map(({ place }) => place) }
}

function missingSlices(name: string, places: readonly Place[], present: readonly number[]): TroubleError {
  const last = Math.max(...present)
  const missing: number[] = []
  for (let number = 1; number <= last && missing.length <= SHOWN_NAMES; number += 1)
    if (!present.includes(number)) missing.push(number)
  const files = missing.slice(0, SHOWN_NAMES).map((number) => `${name}.part${number}`)
  const [only] = missing
  const what =
    missing.length === 1
      ? `Slice ${only} of ${last} is missing`
      : `Slices are missing: ${places.length} of ${last} are here`
  return new TroubleError({
    kind: 'slice-missing',
    title: what,
    detail: '',
    advice: `Add ${listNames(files)}${missing.length > SHOWN_NAMES ? ', …' : ''}: choose all slices together.`,
  })
}

function choice(title: string, detail: string, advice: string): TroubleError {
  return new TroubleError({ kind: 'choice', title, detail, advice })
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map(printable)
  return names.length > SHOWN_NAMES ? `${shown.join(', ')} and ${names.length - SHOWN_NAMES} more` : shown.join(', ')
}
