import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Roles } from '../../platform/auth/roles.js';
import {
  ImportId,
  ImportListResponse,
  ImportResponse,
  toImportResponse,
} from './imports.schemas.js';
import { ImportsService } from './imports.service.js';

@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'List the files taken in, oldest first.' })
  @ApiOkResponse({ standardSchema: ImportListResponse })
  async list(@CurrentActor() { ledgerId }: Actor): Promise<ImportListResponse> {
    return { items: (await this.imports.list(ledgerId)).map(toImportResponse) };
  }

  @Get(':importId')
  @Roles('operator', 'energy-manager', 'finance', 'auditor')
  @ApiOperation({ summary: 'Read one import: its hash, counts and control total.' })
  @ApiOkResponse({ standardSchema: ImportResponse })
  async read(
    @CurrentActor() { ledgerId }: Actor,
    @Param('importId', { schema: ImportId }) importId: string,
  ): Promise<ImportResponse> {
    return toImportResponse(await this.imports.get(ledgerId, importId));
  }
}
