/** The script of the threads that restore files. */
import { loadPosix } from './posix.ts'
import { type RestoreJob, runRestoreJob } from './restore-job.ts'
import { serveJobs } from './serve-jobs.ts'

// Jobs that come meanwhile wait.
void loadPosix().then((posix) =>
  serveJobs(
    (job: RestoreJob) => runRestoreJob(job, posix),
    (outcomes) => [outcomes.buffer],
  ),
)
