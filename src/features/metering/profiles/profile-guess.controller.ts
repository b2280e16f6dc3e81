import type { Readable } from 'node:stream';
import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../../platform/auth/roles.js';
import { INTERVAL_TYPES, requireUpload } from '../../../platform/http/uploads.js';
import { GuessQuery, ProfileGuess, toAnswers } from './profile-guess.schemas.js';
import { ProfileGuessService } from './profile-guess.service.js';

@ApiTags('metering')
@Controller('v1/import-profile-guesses')
export class ProfileGuessController {
  constructor(private readonly guesses: ProfileGuessService) {}

  @Post()
  @HttpCode(200)
  @Roles('operator', 'energy-manager')
  @ApiOperation({
    summary:
      'Find the import profile of a file: its settings, and its first rows as they would be read.',
    description:
      'Nothing is kept. What the file does not say beyond doubt is asked: answer it by a parameter, then create the profile with the settings.',
  })
  @ApiConsumes(...INTERVAL_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: ProfileGuess })
  guess(
    @Query({ schema: GuessQuery }) query: GuessQuery,
    @Body() body: Readable,
  ): Promise<ProfileGuess> {
    return this.guesses.guess(requireUpload(body), query.fileName, toAnswers(query));
  }
}
