/** A thread as worker.ts is one, whose input does not end. */
import { workerData } from 'node:worker_threads';
import { watched, type WorkerTask } from './at-work.ts';

const task = workerData as WorkerTask;
watched(task.now)(0, Buffer.from(task.again!.input));
for (;;);
