/** Peak resident memory of a process and all it starts, from Linux's /proc. */
import { readFileSync } from 'node:fs'

const INTERVAL_MS = 4
/** So long it looks all the time: what ends sooner would not be seen at all. */
const DENSE_MS = 60
const KiB = 1024

/**
 * Looks at a process and those it started until `stop()`, which gives the sum of their peaks in bytes, or undefined where
 * there is no /proc. The kernel keeps each peak, so that only growth in a process's last milliseconds can be missed.
 */
export function watchPeak(pid) {
  const peaks = new Map()
  const look = () => note(pid, peaks)
  const timer = setInterval(look, INTERVAL_MS)
  const denseUntil = performance.now() + DENSE_MS
  let stopped = false
  const lookOften = () => {
    look()
    if (!stopped && performance.now() < denseUntil) setImmediate(lookOften)
  }
  lookOften()
  return {
    stop() {
      stopped = true
      clearInterval(timer)
      return peaks.size === 0 ? undefined : [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0)
    },
  }
}

function note(pid, peaks) {
  const kibibytes = /^VmHWM:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))
  if (kibibytes !== null) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, Number(kibibytes[1]) * KiB))
  for (const child of read(`/proc/${pid}/task/${pid}/children`).split(' ')) {
    if (child !== '') note(Number(child), peaks)
  }
}

/** Gives '' of a process that is gone. */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
