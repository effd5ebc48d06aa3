/** Serves archives to the browser of this machine, until it is interrupted. */
import type { RelativeOptions } from '../base-options.ts'
import type { Context } from '../context.ts'
import { OK } from '../exit-code.ts'
import { fillPage, readPage } from '../serve/inspector-page.ts'
import { listen } from '../serve/listen.ts'
import { openBrowser } from '../serve/open-browser.ts'
import { openServed } from '../serve/served-archives.ts'

/** Options of `isptar serve`. */
export interface ServeCommandOptions extends RelativeOptions {
  readonly port?: number
  /** False with `--no-open`. */
  readonly open: boolean
}

/** What it takes from outside. */
export interface ServeSurroundings {
  /** Gives the HTML of the page. */
  readPage(): Promise<string>
  /** Shows an address to the user. */
  openBrowser(address: string): Promise<void>
}

/** Runs `isptar serve`. That it is interrupted is how it ends. */
export async function serve(
  names: readonly string[],
  options: ServeCommandOptions,
  context: Context,
  surroundings: ServeSurroundings = { readPage, openBrowser },
): Promise<number> {
  const { stdout, signal } = context.io
  const html = await surroundings.readPage()
  const served = await openServed(names, options, context)
  try {
    const page = fillPage(html, served.describe())
    const server = await listen({ page, served, port: options.port ?? 0, context })
    try {
      await stdout.write(`${server.address}\n`)
      if (options.open && stdout.isTty) await show(server.invitation, surroundings, context)
      await aborted(signal)
    } finally {
      await server.close()
    }
  } finally {
    await served.close()
  }
  return OK
}

async function show(address: string, surroundings: ServeSurroundings, context: Context): Promise<void> {
  try {
    await surroundings.openBrowser(address)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    await context.warn(`no browser could be opened (${why}): open the address yourself`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
