/** What was dropped, as places to open. */
import { TroubleError } from '../contract/trouble.ts'
import type { OpenPlace } from '../session/places.ts'

/** Whether a drag may hold an archive: files, or a link. */
export function canBeDropped(event: DragEvent): boolean {
  return ['Files', 'text/uri-list'].some((type) => event.dataTransfer?.types.includes(type))
}

/**
 * Gives the files that were dropped, or the addresses of links.
 *
 * @throws TroubleError for folders
 */
export function droppedPlaces(event: DragEvent): readonly OpenPlace[] {
  const items = [...(event.dataTransfer?.items ?? [])]
  if (items.some((item) => item.webkitGetAsEntry()?.isDirectory))
    throw new TroubleError({
      kind: 'choice',
      title: 'This is a folder',
      detail: '',
      advice: 'Drop an archive, or all its slices. Folders are packed by: isptar create NEW.tgz FOLDER',
    })
  const files = [...(event.dataTransfer?.files ?? [])]
  if (files.length > 0) return files
  const links = event.dataTransfer?.getData('text/uri-list') ?? ''
  return links.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
}
