import { expect, it } from 'vitest'
import { BlobSource } from '../../src/io/blob-source.ts'
import { collect, failuresOf } from '../source-suite.ts'

it('is called what the File is called', () => {
  const blob = new Blob(['abc'])
  const names = [new BlobSource(blob), new BlobSource(new File([blob], 'a.tgz')), new BlobSource(blob, 'b.tgz')]
  expect(names.map((source) => source.name)).toEqual(['blob', 'a.tgz', 'b.tgz'])
})

it('says so when the browser refuses a File that changed on disk', async () => {
  const cause = new DOMException('The requested file could not be read', 'NotReadableError')
  class Stale extends Blob {
    override slice(): Blob {
      return new Stale(['abc'])
    }
    override async arrayBuffer(): Promise<ArrayBuffer> {
      throw cause
    }
    override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
      return new ReadableStream({ start: (controller) => controller.error(cause) })
    }
  }
  const source = new BlobSource(new Stale(['abc']), 'a.tgz')
  for (const error of await failuresOf(source.readTail(2), source.read(0, 1), collect(source.stream(0, 1)))) {
    expect(error).toMatchObject({ code: 'storage', kind: 'changed', location: 'a.tgz', cause })
  }
})
