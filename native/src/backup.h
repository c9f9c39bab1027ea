// The state of a region at one moment as a file of its own: closed, with an empty journal, and there as a
// whole or not at all.
#pragma once

#include <string>

#include "progress.h"
#include "storage.h"
#include "superblock.h"

namespace fams {

// May a file that has the name already be replaced?
enum class Existing { kKeep, kReplace };

// Writes to `path` the state of the last commit before the logical position `end_position` of the journal
// that `superblock` begins. Until it returns the data part of `source` and that piece of the journal must
// stay as they are; records behind it may come. The copy is the same region, under a new generation and salt.
// Failures that are not of the source name `path` in the status.
Status BackupTo(Reader& source, const Superblock& superblock, uint64_t end_position, const std::string& path,
                Existing existing, const Progress& progress);

// The same of the last commit of the region at `from`, which is not open elsewhere; a damaged one is refused.
// Follows `to` if it is a link to an existing file. A file that is to be replaced must not be an open region.
Status BackupFile(const std::string& from, const std::string& to, Existing existing, const Progress& progress,
                  Superblock* superblock);

}  // namespace fams
