/** Schema of the queue, beside the product's own. */
export const QUEUE_SCHEMA = 'mizan_queue';
