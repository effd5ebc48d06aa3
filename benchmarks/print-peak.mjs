/** Preloaded into a measured process: writes its peak resident memory, in bytes, to the file PEAK_FILE names. */
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS * 1024))
})
