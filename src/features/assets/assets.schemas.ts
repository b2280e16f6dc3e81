import { text } from '../../core/shapes/values.shape.js';

/** Market boundary of a site or a plant. */
export const Boundary = text(20).describe('Deliverability boundary code; Morocco: MA');
