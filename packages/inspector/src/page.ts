/** The page: one inspector that fills it, with the archive of the address, or the only one that its server has. */
import { defineElements } from './element/define-elements.ts'
import type { IsptarInspector } from './element/isptar-inspector.ts'
import { defineTabElements } from './element/tab-elements.ts'
import { PageAddress } from './page-address.ts'
import { servedArchives } from './served-archives.ts'

// All of them: the page is one file.
defineTabElements()
defineElements()

const inspector = document.querySelector<IsptarInspector>('isptar-inspector')
if (inspector !== null) {
  const { session } = inspector
  const served = servedArchives()
  session.offer(served)
  const [only, ...others] = served
  new PageAddress(inspector).open(others.length === 0 ? only : undefined)
}
