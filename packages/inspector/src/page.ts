/** The page: one inspector that fills it, with the archive of the address: `?archive=…`. */
import './index.ts'
import type { IsptarInspector } from './element/isptar-inspector.ts'

const inspector = document.querySelector<IsptarInspector>('isptar-inspector')
const address = new URLSearchParams(location.search).get('archive')
if (inspector && address) inspector.src = address
