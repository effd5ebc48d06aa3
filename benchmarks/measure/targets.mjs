/** What is aimed at, and whether it was reached. */

const MiB = 1024 * 1024
/** Most memory a job of isptar may take. */
export const PEAK_LIMIT_BYTES = 250 * MiB

const METRICS = {
  seconds: 'time',
  sizeBytes: 'size',
  peakBytes: 'peak memory',
  readBytes: 'bytes read',
  perEntry: 'time an entry',
  peakPerEntry: 'peak memory an entry',
}

/**
 * Holds results against targets and gives { text, value, met } of each that can be told. A target is { of, metric, times,
 * against, plus, atMost }: the metric of the job `of` is at most `times` that of the job `against`, and `plus`; or it is
 * at most `atMost`.
 */
export function judge(results, targets) {
  const byName = new Map(results.map((result) => [result.name, result]))
  const verdicts = []
  for (const target of targets) {
    const value = byName.get(target.of)?.[target.metric]
    const base = target.against === undefined ? 0 : byName.get(target.against)?.[target.metric]
    if (value === undefined || base === undefined) continue
    const limit = target.atMost ?? base * target.times + (target.plus ?? 0)
    verdicts.push({ text: describe(target), value: compare(target, value, base), ...verdict(value, limit) })
  }
  return verdicts
}

/** The target that every job of isptar is held to. */
export const memoryTargets = (results) =>
  results
    .filter(({ name }) => name.startsWith('isptar'))
    .map(({ name }) => ({ of: name, metric: 'peakBytes', atMost: PEAK_LIMIT_BYTES }))

function verdict(value, limit) {
  const met = value <= limit
  return { met, verdict: met ? 'met' : `missed by ${Math.ceil((value / limit - 1) * 100)} %` }
}

function describe({ of, metric, against, times, plus, atMost }) {
  const what = `${of}: ${METRICS[metric]}`
  if (atMost !== undefined) return `${what} ≤ ${amount(metric, atMost)}`
  return `${what} ≤ ${times.toFixed(2)} × ${against}${plus === undefined ? '' : ` + ${amount(metric, plus)}`}`
}

function compare({ metric, against, plus }, value, base) {
  return against === undefined || plus !== undefined ? amount(metric, value) : `${(value / base).toFixed(2)} ×`
}

/** A metric's value with its unit. */
export function amount(metric, value) {
  if (value === undefined) return '–'
  if (metric === 'seconds') return `${value < 1 ? value.toFixed(3) : value.toFixed(2)} s`
  if (metric === 'peakBytes') return `${(value / MiB).toFixed(0)} MiB`
  if (metric === 'perEntry') return `${(value * 1e6).toFixed(1)} µs`
  if (metric === 'peakPerEntry') return `${(value / 1024).toFixed(2)} KiB`
  if (metric === 'perEntry') return `${(value * 1e6).toFixed(1)} µs`
  if (metric === 'peakPerEntry') return `${(value / 1024).toFixed(2)} KiB`
  if (metric === 'readBytes') return `${(value / 1024).toFixed(0)} KiB`
  return `${(value / 1e6).toFixed(1)} MB`
}
