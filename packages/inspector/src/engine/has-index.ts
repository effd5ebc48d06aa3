/** Whether an archive has an index by which paths are found. */
import type { Archive } from 'isptar'

/** Tells whether paths and folders are found without the whole listing. */
export function hasIndex({ tail, serviceInfo }: Archive): boolean {
  return tail.sections.some(({ name }) => name === 'index') && serviceInfo.get('order') === 'path'
}
