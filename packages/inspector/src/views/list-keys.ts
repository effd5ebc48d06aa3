/** What keys do in the list. */

/** A command of a key. `enter` opens a folder, or looks at what is none. */
export type ListCommand =
  | {
      readonly type: 'move'
      readonly isExtending: boolean
      /** Gives the row to go to; it may lie outside. */
      readonly to: (index: number, pageRows: number, count: number) => number
    }
  | { readonly type: 'enter' | 'up' | 'toggle' | 'select-all' | 'clear' }

const MOVES: Readonly<Record<string, (index: number, pageRows: number, count: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, pageRows) => index + pageRows,
  PageUp: (index, pageRows) => index - pageRows,
  Home: () => 0,
  End: (_, __, count) => count - 1,
}

const COMMANDS: Readonly<Record<string, 'enter' | 'up' | 'toggle' | 'clear'>> = {
  Enter: 'enter',
  ArrowRight: 'enter',
  ArrowLeft: 'up',
  Backspace: 'up',
  ' ': 'toggle',
  Escape: 'clear',
}

/** Gives the command of a key; undefined where it has none. */
export function listCommandOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): ListCommand | undefined {
  if (altKey) return undefined
  if (ctrlKey || metaKey) return key.toLowerCase() === 'a' && !shiftKey ? { type: 'select-all' } : undefined
  const to = Object.hasOwn(MOVES, key) ? MOVES[key] : undefined
  if (to) return { type: 'move', isExtending: shiftKey, to }
  const type = Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined
  return type && { type }
}
