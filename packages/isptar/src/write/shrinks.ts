/** Tells whether it is worth deflating data, from samples: media and archives are passed on at the speed of the disk. */
import type { Codec, Level } from '../gzip/codec.ts'
import { KiB } from '../limits.ts'

/** Shorter data is deflated at once: that costs little more than looking at it. */
const MIN_BYTES: number = 8 * KiB
/** How much is looked at in three places. */
const SAMPLE_BYTES: number = 2 * KiB
/** How much is deflated to be sure. */
const TRIAL_BYTES: number = 24 * KiB
/** Data that deflates to more than this part of its length is stored. */
const WORTH = 0.97
/**
 * Entropy from which single bytes tell nothing, in bits. Noise of the sample's length has 7.9, text about 5, code of machines 6.5.
 */
const NOISE_BITS = 7.6

/**
 * Looks at how often each byte is in three samples; where all are like noise, deflates one stretch to be sure. Costs a few
 * microseconds for what is no noise.
 *
 * @param plain - data of one file
 * @returns false when it is to be stored
 */
export function shrinks(codec: Codec, plain: Uint8Array): boolean {
  if (plain.length < MIN_BYTES) return true
  const places = [0.5, 0.1, 0.9].map((part) => Math.floor((plain.length - SAMPLE_BYTES) * part))
  if (!places.every((at) => entropyOf(plain.subarray(at, at + SAMPLE_BYTES)) > NOISE_BITS)) return true
  const from = Math.max(0, Math.floor((plain.length - TRIAL_BYTES) / 2))
  const trial = plain.subarray(from, from + TRIAL_BYTES)
  return codec.deflateRaw(trial, 1).length < trial.length * WORTH
}

/** Gives the level at which data is deflated when `level` is asked for: 0 for what would not shrink. */
export function worthwhileLevel(codec: Codec, plain: Uint8Array, level: Level): Level {
  return level > 0 && shrinks(codec, plain) ? level : 0
}

/** How often each byte is there; used again by each call. */
const COUNTS = new Uint16Array(256)

/** Shannon's entropy of single bytes, in bits a byte. */
function entropyOf(bytes: Uint8Array): number {
  const counts = COUNTS.fill(0)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  let bits = 0
  for (const count of counts) if (count > 0) bits += count * Math.log2(bytes.length / count)
  return bits / bytes.length
}
