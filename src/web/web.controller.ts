import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../platform/auth/roles.js';
import {
  languageOf,
  PAGE_POLICY,
  START_STYLE,
  startPage,
  STYLE_PATH,
  wantsPage,
} from './start.page.js';
import { StartQuery, StartResponse } from './web.schemas.js';

const ABOUT: StartResponse = {
  name: 'Mizan',
  description: 'Energy contract and renewable matching ledger',
  api: '/openapi.json',
  health: { live: '/health/live', ready: '/health/ready' },
  key: 'Authorization: Bearer KEY; `npx mizan key issue --role admin --name NAME --ledger LEDGER` makes the first two',
};

@ApiTags('system')
@Controller()
export class WebController {
  @Get()
  @Public()
  @ApiOperation({ summary: 'What this is and where to go: a page for a browser, else JSON.' })
  @ApiOkResponse({ standardSchema: StartResponse })
  start(
    @Headers('accept') accept: string | undefined,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Query({ schema: StartQuery }) { lang }: StartQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): StartResponse | string {
    void reply.header('vary', 'accept, accept-language');
    if (!wantsPage(accept)) return ABOUT;
    const language = lang ?? languageOf(acceptLanguage);
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
    });
    return startPage(language);
  }

  @Get(STYLE_PATH)
  @Public()
  @ApiExcludeEndpoint()
  style(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.header('content-type', 'text/css; charset=utf-8');
    return START_STYLE;
  }
}
