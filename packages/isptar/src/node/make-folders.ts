/** Makes folders one at a time: `mkdir` with `recursive` never ends where the parent exists and takes none (`/proc`). */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those above it that are missing.
 *
 * @param path - may exist already; a symlink to a folder is one
 * @throws the system's error when one cannot be made
 */
export function makeFolders(path: string): void {
  const missing: string[] = []
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder)
  for (const folder of missing.reverse()) mkdirSync(folder)
}
