import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../platform/auth/roles.js';
import { Health, type HealthReport, type WritingReport } from '../../platform/health.js';
import { LivenessResponse, ReadinessResponse, WritingResponse } from './system.schemas.js';

@ApiTags('system')
@Controller('health')
export class SystemController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Public()
  @ApiOperation({ summary: 'The process answers.' })
  @ApiOkResponse({ standardSchema: LivenessResponse })
  live(): LivenessResponse {
    return { status: 'up' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    summary: 'Requests are answered; 503 while the database is not there.',
    description:
      'For load balancers. Still 200 while writing is stopped (`checks.writing`): reads and proofs are ' +
      'served, and they are what is needed then.',
  })
  @ApiOkResponse({ standardSchema: ReadinessResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (!report.ready) void reply.header('retry-after', '5');
    void reply.status(report.ready ? 200 : 503);
    return report;
  }

  @Get('writing')
  @Public()
  @ApiOperation({
    summary: 'Every ledger takes in what is sent; 503 with the reasons while one does not.',
    description:
      'For alarms. A log that is not with its marker, a clock that cannot be believed, a database that ' +
      'takes no changes or is away.',
  })
  @ApiOkResponse({ standardSchema: WritingResponse })
  async writing(@Res({ passthrough: true }) reply: FastifyReply): Promise<WritingReport> {
    const report = await this.health.writing();
    if (report.writing === 'stopped') void reply.status(503).header('retry-after', '60');
    return report;
  }
}
