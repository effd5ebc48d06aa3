/** Archives as the engine holds them. */
import { type ByteSource, MemorySource, openArchive, type OpenOptions } from 'isptar'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { FetchRecorder } from '../../src/engine/fetch-recorder.ts'

/** Opens an archive from its bytes or any source. */
export async function holdArchive(content: Uint8Array | ByteSource, options?: OpenOptions): Promise<ArchiveHolder> {
  const recorder = new FetchRecorder(content instanceof Uint8Array ? new MemorySource(content, 'held.tgz') : content)
  const holder = new ArchiveHolder()
  await holder.hold({ archive: await openArchive(recorder, options), counters: [recorder] })
  return holder
}
