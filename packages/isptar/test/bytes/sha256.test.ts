import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSha256 as createNobleSha256 } from '../../src/bytes/noble-sha256.ts'
import { createSha256 as createNodeSha256 } from '../../src/node/node-sha256.ts'

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

it.each([
  ['noble', createNobleSha256],
  ['node', createNodeSha256],
])('%s gives the known digest of "abc"', (_, createSha256) => {
  const hash = createSha256()
  hash.update(Uint8Array.of(0x61))
  hash.update(Uint8Array.of(0x62, 0x63))
  expect(hash.hex()).toBe(ABC)
})

it('is the same from both, in any chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (chunks) => {
      const [noble, node] = [createNobleSha256(), createNodeSha256()]
      for (const chunk of chunks) {
        noble.update(chunk)
        node.update(chunk)
      }
      expect(noble.hex()).toBe(node.hex())
    }),
  )
})
