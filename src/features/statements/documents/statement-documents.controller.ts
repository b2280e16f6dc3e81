import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { replyDocument } from '../../../platform/documents/document-reply.js';
import { type Actor, CurrentActor, READERS, Roles } from '../../../platform/auth/roles.js';
import { StatementId } from '../statements.schemas.js';
import { DOCUMENT_TYPES, DocumentQuery, wantedOf } from './statement-documents.schemas.js';
import { StatementDocumentsService } from './statement-documents.service.js';

@ApiTags('statements')
@Controller('v1/statements')
export class StatementDocumentsController {
  constructor(private readonly documents: StatementDocumentsService) {}

  @Get(':statementId/document')
  @Roles(...READERS)
  @ApiOperation({
    summary:
      'A statement as a document: its exact bytes as JSON, CSV, XLSX, or PDF/A-3 in French or English.',
  })
  @ApiProduces(...DOCUMENT_TYPES)
  @ApiHeader({ name: 'Accept', required: false, description: 'Where no format is named' })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'ETag of what is at hand' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async document(
    @CurrentActor() { ledgerId }: Actor,
    @Param('statementId', { schema: StatementId }) statementId: string,
    @Query({ schema: DocumentQuery }) query: DocumentQuery,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = wantedOf(query, headers['accept']);
    const file = await this.documents.render(ledgerId, statementId, wanted);
    replyDocument(reply, file, headers['if-none-match']);
  }
}
