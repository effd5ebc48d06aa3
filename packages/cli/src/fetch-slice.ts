/** Fetches slices by a command that the user gave. */
import { basename, dirname } from 'node:path'
import { checkTemplate, type FetchSlice, parseCommand, runCommand } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'

/** What the command is told, each by its first letter. */
const VALUES = ['file', 'number', 'parent', 'basename']

/**
 * Makes what fetches a slice.
 *
 * @param text - the command
 * @throws UsageError for one that cannot be read, before anything runs
 */
export function createFetch(text: string, context: Context): FetchSlice {
  const template = parse(text)
  return async ({ path, slice, archive, signal }) => {
    const values = { file: path, number: String(slice), parent: dirname(path), basename: basename(archive) }
    await context.detail(`fetching slice ${slice}: ${path}`)
    context.clearProgress()
    await runCommand(template, values, { signal, env: context.io.env })
  }
}

function parse(text: string): readonly string[] {
  try {
    const template = parseCommand(text)
    checkTemplate(template, VALUES)
    return template
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--fetch-slice: ${error.message}`)
    throw error
  }
}
