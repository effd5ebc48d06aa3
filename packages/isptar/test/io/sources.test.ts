/** The universal sources and decorators against the common suite. */
import { BlobSource } from '../../src/io/blob-source.ts'
import { HttpSource } from '../../src/io/http-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { SliceSource } from '../../src/io/slice-source.ts'
import { withCounter } from '../../src/io/with-counter.ts'
import { withReadAhead } from '../../src/io/with-read-ahead.ts'
import { withRetry } from '../../src/io/with-retry.ts'
import { withTail } from '../../src/io/with-tail.ts'
import { sourceSuite } from '../source-suite.ts'
import { HostileServer } from './hostile-server.ts'
import type { Mode } from './hostile-server.ts'

sourceSuite({ name: 'MemorySource', open: (bytes) => new MemorySource(bytes) })
sourceSuite({ name: 'MemorySource over a Buffer', open: (bytes) => new MemorySource(Buffer.from(bytes)) })
sourceSuite({ name: 'BlobSource', open: (bytes) => new BlobSource(new Blob([new Uint8Array(bytes)])) })
sourceSuite({ name: 'withCounter', open: (bytes) => withCounter(new MemorySource(bytes)) })
sourceSuite({ name: 'withReadAhead', open: (bytes) => withReadAhead(new MemorySource(bytes), { windowBytes: 300 }) })
sourceSuite({ name: 'withRetry', open: (bytes) => withRetry(new MemorySource(bytes)) })
sourceSuite({
  name: 'withTail',
  open: async (bytes) => {
    const source = new MemorySource(bytes)
    return withTail(source, await source.readTail(100))
  },
})
sourceSuite({
  name: 'SliceSource',
  open: (bytes) => {
    const cuts = [0, 0, 1, 350, 983, 983, bytes.length].map((cut) => Math.min(cut, bytes.length))
    const parts = cuts.slice(1).map((cut, index) => new MemorySource(bytes.slice(cuts[index], cut)))
    return new SliceSource(parts, 'sliced')
  },
})

const modes: Mode[] = [
  'good',
  'suffix-416',
  'suffix-200',
  'suffix-400',
  'suffix-501',
  'hidden-range',
  'no-head',
  'redirect',
]
for (const mode of modes) {
  let server: HostileServer | undefined
  sourceSuite({
    name: `HttpSource (${mode})`,
    open: async (bytes) => {
      server ??= await HostileServer.start()
      server.files.set('/archive.tgz', bytes)
      server.behave(mode)
      return new HttpSource(server.url)
    },
    change: async (bytes) => {
      server?.files.set('/archive.tgz', bytes)
      if (server !== undefined) server.etag = '"two"'
    },
    cleanUp: async () => {
      await server?.close()
      server = undefined
    },
  })
}
