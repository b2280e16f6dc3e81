import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { IntervalFileService } from './interval-file.service.js';
import { MeteringController } from './metering.controller.js';
import { MeteringRepository } from './metering.repository.js';
import { MeteringService } from './metering.service.js';

@Module({
  imports: [AssetsModule, ImportsModule],
  controllers: [MeteringController],
  providers: [MeteringService, MeteringRepository, IntervalFileService],
  exports: [MeteringService],
})
export class MeteringModule {}
