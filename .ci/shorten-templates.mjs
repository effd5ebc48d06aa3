// Takes out of lit's templates the comments and the white space by which they are laid out in the sources. As HTML and CSS one
// blank says the same; texts in which more of it counts are made in the script, never written in a template.

const TAGS = new Set(['css', 'html', 'svg'])

/** A plugin for Vite. */
export const shortenTemplates = {
  name: 'shorten-templates',
  // Types are gone by then.
  enforce: 'post',
  transform(code, id) {
    if (!id.includes('/packages/inspector/src/') || id.includes('?')) return undefined
    const parts = []
    let end = 0
    for (const { start, end: after, tag } of quasisOf(this.parse(code)).toSorted((a, b) => a.start - b.start)) {
      const text = code.slice(start, after)
      parts.push(
        code.slice(end, start),
        tag === 'css' ? shortCss(text) : text.replace(/\s*\n\s*/g, ' ').replace(/ >/g, '>'),
      )
      end = after
    }
    return { code: parts.join('') + code.slice(end), map: null }
  },
}

function shortCss(text) {
  return text
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}')
}

/** The texts between the values of templates, wherever they stand. */
function quasisOf(node) {
  if (Array.isArray(node)) return node.flatMap(quasisOf)
  if (node === null || typeof node !== 'object') return []
  const own =
    node.type === 'TaggedTemplateExpression' && TAGS.has(node.tag.name)
      ? node.quasi.quasis.map(({ start, end }) => ({ start, end, tag: node.tag.name }))
      : []
  return [...own, ...Object.values(node).flatMap(quasisOf)]
}
