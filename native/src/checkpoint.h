// Copying journalled lines into the backing copy and letting the journal start over.
#pragma once

#include "committed.h"
#include "journal.h"
#include "storage.h"

namespace fams {

// Writes the newest lines of a verified commit into the backing copy.
Status ApplyNewest(Storage& storage, Committed& committed, const RecordAt& record, uint64_t* bytes_written);

struct CheckpointOptions {
  bool grow = false;   // append a larger segment if the journal may still grow
  bool clean = false;  // say in the superblock that the journal is empty
};

// Everything committed is in the backing copy, durably, before the superblocks let go of the journal that
// held it.
Status Checkpoint(Storage& storage, Superblock* superblock, Journal& journal, Committed& committed,
                  const CheckpointOptions& options, uint64_t* bytes_written);

}  // namespace fams
