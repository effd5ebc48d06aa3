/** Shows entries on a page, and reads what is shown. */
import type { Locator, Page } from 'playwright-core'
import { printable } from '../../src/text/printable.ts'

/** Shows a folder or an entry by its path. */
export async function show(page: Page, path: string): Promise<void> {
  await page.evaluate(`document.querySelector('isptar-inspector').show(${JSON.stringify(path)})`)
}

/** Shows an entry, waits until what there is of it is shown, and gives that as text. */
export async function showEntry(page: Page, path: string): Promise<string> {
  await show(page, path)
  const panel = page.locator('isptar-entry-panel')
  await panel.getByTitle(printable(path), { exact: true }).first().waitFor()
  await panel.locator('.waiting').waitFor({ state: 'detached' })
  return deepText(panel)
}

/** Gives all text in an element, that of the elements in it included. */
export function deepText(element: Locator): Promise<string> {
  return element.evaluate((top) => {
    const textOf = (node: Node): string => {
      if (node instanceof HTMLStyleElement) return ''
      if (node instanceof Text) return node.data
      const children = node instanceof Element && node.shadowRoot ? node.shadowRoot.childNodes : node.childNodes
      return Array.from(children, textOf).join('')
    }
    return textOf(top)
  })
}
