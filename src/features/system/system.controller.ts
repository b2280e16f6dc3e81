import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../platform/auth/roles.js';
import { Health, type HealthReport } from '../../platform/health.js';
import { LivenessResponse, ReadinessResponse } from './system.schemas.js';

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
  @ApiOperation({ summary: 'The process and its database answer; 503 while they do not.' })
  @ApiOkResponse({ standardSchema: ReadinessResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (!report.ready) void reply.header('retry-after', '5');
    void reply.status(report.ready ? 200 : 503);
    return report;
  }
}
