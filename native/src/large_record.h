// A commit too long to be captured: written in pieces as it is gathered, so that a commit of the whole region
// needs no second copy of it.
#pragma once

#include "group.h"
#include "storage.h"

namespace fams {

// Writes a record of `bytes` bytes at `offset`, all but its header, and fills in what the header says of it.
Status WriteLargePayload(Storage& storage, const Lines& lines, const uint8_t* working, AlignedBuffer* buffer,
                         uint64_t offset, uint64_t bytes, RecordHeader* header);

}  // namespace fams
