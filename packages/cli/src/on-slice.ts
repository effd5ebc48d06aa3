/** Hands slices over to a command that the user gave. */
import { basename, dirname } from 'node:path'
import type { FinishedSlice } from 'isptar'
import { checkTemplate, parseCommand, runCommand } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'

/** What the command is told, each by its first letter. */
const VALUES = ['file', 'number', 'end', 'parent', 'basename', 'count', 'sha256']

/**
 * Makes what hands a slice over.
 *
 * @param text - the command
 * @param archive - path of the archive, without `.partN`
 * @param shell - whether `/bin/sh` is to run it
 * @throws UsageError for one that cannot be read, before anything runs
 */
export function createOnSlice(
  text: string,
  archive: string,
  shell: boolean,
  context: Context,
): (slice: FinishedSlice) => Promise<void> {
  const template = parse(text, shell)
  return async ({ name, slice, isLast, sha256 }) => {
    const values = {
      file: name,
      number: String(slice),
      end: isLast ? '1' : '0',
      parent: dirname(name),
      basename: basename(archive),
      count: String(slice),
      sha256,
    }
    context.clearProgress()
    await runCommand(template, values, { shell, signal: context.io.signal, env: context.io.env })
  }
}

function parse(text: string, shell: boolean): readonly string[] {
  try {
    const template = parseCommand(text, { shell })
    checkTemplate(template, VALUES)
    return template
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--on-slice: ${error.message}`)
    throw error
  }
}
