/** Decides where below the target folder an entry goes, from its stored path alone (attacks: `..`, `/x`, `C:x`, NUL, …). */
import { UnsafePathError } from '../errors.ts'
import { judgeEntryPath, normalizeEntryPath } from '../tar/entry-path.ts'
import { judgeWindowsName } from './windows-name.ts'

/** What besides the path decides where an entry goes. */
export interface PlacePolicy {
  /** How many leading components are cut off. */
  readonly stripComponents: number
  /** Whether names that Windows cannot hold are refused. */
  readonly windows: boolean
}

/**
 * Gives the place of an entry: components joined by `/`, none of them empty, `.` or `..`.
 *
 * @param path - as stored
 * @returns undefined when all its components are cut off
 * @throws UnsafePathError when the path must not be restored
 */
export function placeEntry(path: string, policy: PlacePolicy): string | undefined {
  const normal = normalizeEntryPath(path)
  const reason = judgeEntryPath(normal)
  if (reason !== undefined) throw new UnsafePathError(path, reason)
  if (policy.stripComponents === 0 && !policy.windows) return normal
  const kept = normal.split('/').slice(policy.stripComponents)
  if (policy.windows) for (const component of kept) refuseWindowsName(path, component)
  return kept.length === 0 ? undefined : kept.join('/')
}

function refuseWindowsName(path: string, component: string): void {
  const reason = judgeWindowsName(component)
  if (reason !== undefined) throw new UnsafePathError(path, reason)
}
