/** `@isptar/inspector`: importing it registers `<isptar-inspector>`. */
import { defineElements } from './element/define-elements.ts'

export { IsptarInspector } from './element/isptar-inspector.ts'

defineElements()
