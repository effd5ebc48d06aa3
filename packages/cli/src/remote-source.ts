/** What stands on the command line for files of another machine: `[user@]host:path`. */
import { UsageError } from './command-io.ts'

/** Paths of one machine. */
export interface RemoteSources {
  /** For ssh, with the user. */
  readonly host: string
  readonly paths: readonly string[]
}

const SOURCE = /^((?:[^@[\]:]*@)?\[[^[\]]+\]|[^:[\]/]+):([^]*)$/

/**
 * Takes `host:path` words apart.
 *
 * @throws UsageError for another form, a host that ssh would take for an option, or several hosts
 */
export function parseRemoteSources(words: readonly string[]): RemoteSources {
  const sources = words.map(parseSource)
  const [first] = sources
  if (first === undefined) throw new UsageError('name what to pack, as [user@]host:path, and then the file to write')
  const other = sources.find(({ host }) => host !== first.host)
  if (other !== undefined)
    throw new UsageError(`one archive is pulled from one host, not of ${first.host} and ${other.host}`)
  return { host: first.host, paths: sources.map(({ path }) => path) }
}

function parseSource(word: string): { host: string; path: string } {
  const [, host = '', path = ''] = SOURCE.exec(word) ?? []
  if (host === '') throw new UsageError(`not a file of another machine, as [user@]host:path: ${JSON.stringify(word)}`)
  if (host.startsWith('-')) throw new UsageError(`not a host: ${JSON.stringify(host)}`)
  // The brackets of an IPv6 address are for the colon after it.
  return { host: host.replace(/\[([^[\]]+)\]$/, '$1'), path: path === '' ? '.' : path }
}
