/** The server: where it listens, its bounds, and how it ends. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { StorageError } from 'isptar'
import { answer, type Site } from './router.ts'
import { Invitation, newSecret } from './secret.ts'

/** Other machines must not reach it. */
const HOST = '127.0.0.1'

/** Bounds on what a client may ask for and how long it may take; a browser stays far below. */
const BOUNDS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 5000,
} as const

const MAX_CONNECTIONS = 128

/** A server that runs. */
export interface RunningServer {
  /** Of the page; whoever knows it may ask. */
  readonly address: string
  /** Leads there once: for the command line of a browser, which every user of the machine can read. */
  readonly invitation: string
  /** Ends all answers, and settles when nothing is read for them any more. */
  close(): Promise<void>
}

/**
 * Starts to listen.
 *
 * @param site - what is served; port 0 for any that is free
 * @throws StorageError when the port is taken, or not for this user
 */
export async function listen(site: Omit<Site, 'token' | 'invitation'>): Promise<RunningServer> {
  const token = newSecret()
  const invitation = new Invitation()
  const answers = new Set<Promise<void>>()
  const server = createServer(BOUNDS)
  server.maxConnections = MAX_CONNECTIONS
  const port = await bind(server, site.port)
  server.on('request', (request, response) => {
    const answered = answer(request, response, { ...site, token, invitation, port }).finally(() =>
      answers.delete(answered),
    )
    answers.add(answered)
  })
  return {
    address: `http://${HOST}:${port}/${token}/`,
    invitation: `http://${HOST}:${port}/${invitation.secret}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await Promise.all(answers)
    },
  }
}

async function bind(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen(port, HOST), 'listening')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const location = `${HOST}:${port}`
    throw new StorageError(`cannot listen on ${location}: ${why}; choose another port`, {
      operation: 'listen',
      location,
      kind: 'other',
      cause,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
