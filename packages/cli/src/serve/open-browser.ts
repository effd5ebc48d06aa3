/** Opens the browser that the user has chosen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Opens an address; settles once the program that does it was started.
 *
 * @param address - http, without characters that a shell knows
 * @throws the error of starting it
 */
export async function openBrowser(address: string): Promise<void> {
  const [program, ...args] = openerOf(process.platform, address)
  const child = spawn(program, args, { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  child.unref()
}

/** Gives the command line that opens an address. */
export function openerOf(platform: NodeJS.Platform, address: string): readonly [program: string, ...args: string[]] {
  if (platform === 'darwin') return ['open', address]
  // `start` is no program of its own; its first argument in quotes is the title of a window.
  if (platform === 'win32') return ['cmd', '/c', 'start', '""', address]
  return ['xdg-open', address]
}
