/** Packs files of another machine: runs a client there, and the server here. */
import { StorageError } from 'isptar'
import { parseCommand } from 'isptar/node'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { checkRoots } from '../new-archive.ts'
import { receiveArchive } from '../receive-archive.ts'
import type { ReceiveOptions } from '../receive-options.ts'
import { RemoteCommand } from '../remote-command.ts'
import { parseRemoteSources } from '../remote-source.ts'
import { shellLine } from '../text/shell-word.ts'

/** Options of `isptar pull`. */
export interface PullOptions extends ReceiveOptions {
  readonly directory?: string
  readonly ssh: string
  readonly remoteIsptar: string
  readonly exclude?: readonly string[]
  readonly excludeCaches?: true
  readonly oneFileSystem?: true
  /** False with `--no-xattrs`. */
  readonly xattrs: boolean
}

/** Runs `isptar pull`. */
export async function pull(words: readonly string[], options: PullOptions, context: Context): Promise<number> {
  const name = words.at(-1) ?? ''
  const { host, paths } = parseRemoteSources(words.slice(0, -1))
  checkRoots(paths, options.directory)
  const remoteLine = shellLine([...split(options.remoteIsptar), 'client', ...clientFlags(options), '--', ...paths])
  const argv = [...split(options.ssh), host, remoteLine]
  let remote: RemoteCommand | undefined
  const connect = (): RemoteCommand => {
    void context.detail(argv.join(' '))
    remote = new RemoteCommand(argv, (line) => void context.fail(`remote: ${line}`))
    return remote
  }
  try {
    return await receiveArchive(name, connect, options, context, 'isptar')
  } catch (error) {
    const isClient = error instanceof StorageError && error.location === 'client'
    if (!isClient) remote?.kill()
    await remote?.end()
    throw (isClient && remote?.failure(error)) || error
  } finally {
    await remote?.end()
  }
}

function clientFlags(options: PullOptions): string[] {
  return [
    ...(options.directory === undefined ? [] : ['-C', options.directory]),
    ...(options.exclude ?? []).flatMap((pattern) => ['--exclude', pattern]),
    ...(options.excludeCaches ? ['--exclude-caches'] : []),
    ...(options.oneFileSystem ? ['--one-file-system'] : []),
    ...(options.xattrs ? [] : ['--no-xattrs']),
  ]
}

function split(command: string): readonly string[] {
  try {
    return parseCommand(command)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
