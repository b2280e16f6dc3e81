import { Module } from '@nestjs/common';
import { WebController } from './web.controller.js';

/** What a browser is shown. */
@Module({ controllers: [WebController] })
export class WebModule {}
