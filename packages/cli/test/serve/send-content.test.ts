import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Content, sendContent } from '../../src/serve/send-content.ts'

const CHUNK = 65_536
const CHUNKS = 4096

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

/** Serves 256 MiB; says how much was read, and when reading has ended. */
async function serve(): Promise<{ response: IncomingMessage; read: () => number; ended: Promise<boolean> }> {
  let chunks = 0
  let end: (aborted: boolean) => void = () => {}
  const ended = new Promise<boolean>((resolve) => {
    end = resolve
  })
  const content: Content = {
    sizeBytes: CHUNK * CHUNKS,
    etag: '"x"',
    headers: () => ({}),
    async *read(_, signal) {
      try {
        for (; chunks < CHUNKS; chunks += 1) yield new Uint8Array(CHUNK)
      } finally {
        end(signal.aborted)
      }
    },
  }
  server = createServer((request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    sendContent(request, response, content, gone.signal).catch(() => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { response, read: () => chunks, ended }
}

test('reads no further than the client takes, and ends when it goes', async () => {
  const { response, read, ended } = await serve()
  await once(response, 'readable')
  let before = -1
  while (before !== read()) {
    before = read()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(before).toBeLessThan(CHUNKS / 4)
  response.destroy()
  expect(await ended).toBe(true)
  expect(read()).toBeLessThan(CHUNKS / 2)
})

test('gives all of it to a client that takes it', async () => {
  const { response } = await serve()
  let bytes = 0
  for await (const chunk of response) bytes += (chunk as Buffer).length
  expect(bytes).toBe(CHUNK * CHUNKS)
})
