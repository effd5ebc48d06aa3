/** Saves a text that the page made. */
import { chooseTarget } from './save-target.ts'

/**
 * Asks where to, and saves. Call it in the click.
 *
 * @returns whether it was saved, or given to the browser to download; not where the user chose not to
 * @throws TroubleError when it cannot be written; nothing is left then
 */
export async function saveText(name: string, text: string): Promise<boolean> {
  const bytes = new TextEncoder().encode(text)
  const target = await chooseTarget({ name, kind: 'text', sizeBytes: bytes.length })
  if (target === undefined) return false
  try {
    const writer = target.stream.getWriter()
    await writer.write(bytes)
    await writer.close()
    await target.written()
    target.keep()
    return true
  } catch (error) {
    await target.discard()
    throw target.failure ?? error
  }
}
