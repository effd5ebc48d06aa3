/** The script of a worker that has an archive. The build makes one file of it and all that it imports. */
import { hostArchive } from './host-archive.ts'

globalThis.addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (port !== undefined) hostArchive(port)
})
