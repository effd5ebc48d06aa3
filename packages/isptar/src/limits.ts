/** Every default bound, with its why. Bounds keep hostile input inside memory and time; real archives stay far below. */

/** One kibibyte, in bytes. */
export const KiB = 1024
/** One mebibyte, in bytes. */
export const MiB: number = 1024 * KiB

/** Size of the first suffix read: holds tail and listing of archives of about 2,000 entries in one request. */
export const TAIL_BYTES: number = 64 * KiB

/** Largest packed or plain service info; the original reads 2,048 bytes, a few kilobytes more cost nothing. */
export const MAX_SERVICE_INFO_BYTES: number = 64 * KiB

/** Longest gzip member header that is read: its extra field, name and comment have no bound of their own. */
export const MAX_GZIP_HEADER_BYTES: number = 128 * KiB

/** Longest listing line: all that {@link MAX_META_BYTES} admits, escaped or in base64; real lines are below 200 KiB. */
export const MAX_LINE_BYTES: number = 3 * MiB

/** Listings up to this plain size are kept in memory; longer ones are streamed at each pass. */
export const RESIDENT_LISTING_BYTES: number = 32 * MiB

/** A listing that unfolds more than this many times, past {@link RESIDENT_LISTING_BYTES}, is taken for a bomb. */
export const MAX_LISTING_RATIO = 400

/** Largest run of meta records (pax, GNU long names) before one tar header: real ones are below 70 KiB. */
export const MAX_META_BYTES: number = 1 * MiB

/** Read size of streams over a source: large enough for disks and HTTP, small enough for bounded memory. */
export const CHUNK_BYTES: number = 256 * KiB

/** Deflate never unfolds further: 258 bytes for two bits (RFC 1951). A larger size is refused before it is read. */
export const MAX_DEFLATE_RATIO = 1032

/** Packed bytes that are unfolded at once: at {@link MAX_DEFLATE_RATIO} they make 33 MiB at most, whatever the input. */
export const INFLATE_BYTES: number = 32 * KiB

/** Largest plaintext of a group of small files: it is unfolded at once, and the last one is kept (SPEC 1.1). */
export const MAX_GROUP_BYTES: number = 4 * MiB

/** Most of a file in an archive that is unfolded at once to be a source: a browser can spare it, and keeps it. */
export const MAX_ENTRY_SOURCE_BYTES: number = 64 * MiB

/** Most hardlinks followed to reach data; more is a loop. */
export const MAX_LINK_DEPTH = 40

/** Data of unknown size is held in memory up to this many bytes before its header is written (SPEC 1.1). */
export const SPOOL_BYTES: number = 1 * MiB

/** Plain bytes between seek points inside a file: small beside a request, large enough to cost nothing in size. */
export const SEEK_BYTES: number = 1 * MiB

/** Largest index section that is read: enough for a listing of a hundred million entries. */
export const MAX_INDEX_BYTES: number = 16 * MiB

/** Archives of a folder whose ends are read to find a base without a name: a request each, where disks are remote. */
export const MAX_SEARCHED_ARCHIVES = 1000

/** Highest number of a slice in a folder: a stray file named `.part999999999` must not make a list of as many slices. */
export const MAX_SLICES = 100_000
