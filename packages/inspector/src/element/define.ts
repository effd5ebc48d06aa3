/** Registers elements. */

/** Registers those that are not registered yet, by their names. */
export function define(elements: Readonly<Record<string, CustomElementConstructor>>): void {
  for (const [name, constructor] of Object.entries(elements))
    if (customElements.get(name) === undefined) customElements.define(name, constructor)
}
