// Looking at a region file without changing a byte of it.
#pragma once

#include <deque>
#include <string>

#include "progress.h"
#include "recovery.h"

namespace fams {

struct InspectOptions {
  uint32_t records = 0;    // how many of the newest records are kept
  bool read_data = false;  // read the data part, which has no checksums
};

// One of the two superblocks as it stands in the file.
struct CopySeen {
  bool readable = false;
  bool valid = false;
  Superblock bytes = {};
};

// A part of the file that the medium does not give.
struct Gap {
  uint64_t offset;
  uint64_t bytes;
};

struct Inspection {
  uint64_t file_bytes = 0;
  // Open elsewhere. The superblocks and the records are those of one moment; whether behind them something is
  // damaged, or only being written, cannot be told.
  bool locked = false;
  CopySeen copies[2];
  // Why nothing more can be said. If ok, all below is there.
  Status problem;
  Superblock superblock = {};
  RecoveryReport plan;
  uint64_t links = 0;
  std::deque<RecordAt> newest;
  uint64_t gap_bytes = 0;  // with read_data
  std::vector<Gap> gaps;   // the first of them
};

// Fails only if there is nothing to look at.
Status Inspect(const std::string& path, const InspectOptions& options, const Progress& progress,
               Inspection* inspection);

}  // namespace fams
