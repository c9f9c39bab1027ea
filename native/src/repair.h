// Recovering and compacting a region that no program has open.
#pragma once

#include <string>

#include "recovery.h"

namespace fams {

struct RepairOptions {
  // Go on from the last commit that can be read if acknowledged ones are lost.
  bool accept_damage = false;
  // Give the space of a journal that has grown back.
  bool compact = false;
};

struct Repaired {
  RecoveryReport report;
  Superblock superblock;
  uint64_t bytes_before = 0;  // of the file
  uint64_t bytes_after = 0;
};

// Brings the backing copy to the last commit and closes the region. Where nothing is to be done no byte is
// changed. Dying at any step leaves the last commit whole, and what is left for the next call.
Status Repair(const std::string& path, const RepairOptions& options, Repaired* repaired);

}  // namespace fams
