/** What every target must do. A backend joins with one call; it says how to make a target and how to look at its store. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Target } from '../src/io/target.ts'
import { failureOf, failuresOf } from './source-suite.ts'

/** How to test a backend. */
export interface TargetBackend {
  /** What it is called in the report. */
  readonly name: string
  /** Makes a target. */
  make(): Promise<Target> | Target
  /** What is stored under the name of the target made last; undefined when nothing is. */
  stored(): Promise<Uint8Array | undefined>
  /** What else lies in the store, as temporary files. */
  leftovers?(): Promise<readonly string[]>
  /** Runs after each test. */
  cleanUp?(): Promise<void>
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** Declares the tests of a backend. */
export function targetSuite(backend: TargetBackend): void {
  describe(`${backend.name} as a target`, () => {
    afterEach(async () => backend.cleanUp?.())
    const leftovers = async (): Promise<readonly string[]> => (await backend.leftovers?.()) ?? []

    it('stores what was written, once it is committed', async () => {
      const target = await backend.make()
      await target.write(text('one '))
      await target.write(text(''))
      await target.write(text('two'))
      expect(await backend.stored()).toBeUndefined()
      await target.commit()
      expect(await backend.stored()).toEqual(text('one two'))
      expect(await leftovers()).toEqual([])
    })

    it('stores nothing as nothing', async () => {
      const target = await backend.make()
      await target.commit()
      expect(await backend.stored()).toEqual(new Uint8Array(0))
    })

    it('stores more than it holds at once', async () => {
      const target = await backend.make()
      const block = Uint8Array.from({ length: 300_000 }, (_, index) => index & 0xff)
      for (let i = 0; i < 5; i += 1) await target.write(block)
      await target.commit()
      expect(
        Buffer.compare(Buffer.concat([block, block, block, block, block]), (await backend.stored()) ?? block),
      ).toBe(0)
    })

    it.each([
      ['an array', text('aaaa')],
      ['a Buffer', Buffer.from('aaaa')],
    ])('has done with %s when the write settles', async (_, reused) => {
      const target = await backend.make()
      reused.fill(0x61)
      await target.write(reused)
      reused.fill(0x62)
      await target.write(reused)
      await target.commit()
      expect(await backend.stored()).toEqual(text('aaaabbbb'))
    })

    it('patches what was written, where it can', async () => {
      const target = await backend.make()
      await target.write(text('size=????; data'))
      if (target.patch !== undefined) {
        await target.patch(5, text('0012'))
        for (const [offset, patch] of [
          [12, 'more'],
          [-1, 'x'],
          [0.5, 'x'],
        ] as const) {
          expect(await failureOf(target.patch(offset, text(patch)))).toBeInstanceOf(RangeError)
        }
        await target.write(text('!'))
      }
      await target.commit()
      const expected = target.patch === undefined ? 'size=????; data' : 'size=0012; data!'
      expect(await backend.stored()).toEqual(text(expected))
    })

    it('leaves nothing behind when it is aborted, at any time', async () => {
      for (const writes of [0, 1, 3]) {
        const target = await backend.make()
        for (let i = 0; i < writes; i += 1) await target.write(text('abc'))
        await target.abort()
        await target.abort()
        expect(await backend.stored()).toBeUndefined()
        expect(await leftovers()).toEqual([])
      }
    })

    it('keeps what was committed when it is aborted afterwards', async () => {
      const target = await backend.make()
      await target.write(text('kept'))
      await target.commit()
      await target.abort()
      expect(await backend.stored()).toEqual(text('kept'))
    })

    it('takes nothing after its end', async () => {
      for (const end of ['commit', 'abort'] as const) {
        const target = await backend.make()
        await target.write(text('abc'))
        await target[end]()
        const calls = [target.write(text('d')), target.commit()]
        if (target.patch !== undefined) calls.push(target.patch(0, text('x')))
        for (const error of await failuresOf(...calls)) expect(error).toMatchObject({ code: 'storage', kind: 'closed' })
        await backend.cleanUp?.()
      }
    })
  })
}
