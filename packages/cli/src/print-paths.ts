/** Prints paths and nothing else of an archive: its blocks of paths as they are, where nobody picks or looks. */
import { type Archive, decodeText } from 'isptar'
import { BlockWriter } from './block-writer.ts'
import type { CommandIo } from './command-io.ts'
import type { PatternSet } from './patterns.ts'

/** How paths look. */
export interface PathStyle {
  /** The character that ends each. */
  readonly end: '\n' | '\0'
  /** Makes a name fit to print. @defaultValue as stored */
  readonly show?: ((name: string) => string) | undefined
}

/** Prints the paths that are picked. What comes before an error is right, and is shown. */
export async function printPaths(
  archive: Archive,
  wanted: PatternSet,
  { end, show }: PathStyle,
  { stdout, signal }: CommandIo,
): Promise<void> {
  const writer = new BlockWriter(stdout)
  const isAsStored = wanted.isEmpty && show === undefined
  try {
    for await (const { bytes, ends } of archive.paths({
      under: wanted.onlyFolder,
      terminator: end.charCodeAt(0),
      signal,
    })) {
      signal.throwIfAborted()
      if (isAsStored) await stdout.write(bytes)
      else
        for (const [index, to] of ends.entries()) {
          const path = decodeText(bytes.subarray(index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, to))
          if (wanted.matches(path)) await writer.write((show?.(path) ?? path) + end)
        }
    }
  } finally {
    await writer.flush()
  }
}
