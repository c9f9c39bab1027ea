#include "block_bytes.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "format.h"

namespace fams {
namespace {

// Of the disk, or of the disk that the partition is on; 0 if it is unknown.
uint64_t PhysicalBlockBytes(dev_t device) {
  const std::string entry =
      "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
  uint64_t bytes = 0;
  for (const char* place : {"/queue/physical_block_size", "/../queue/physical_block_size"}) {
    std::ifstream file(entry + place);
    if (file >> bytes) break;
  }
  return bytes;
}

}  // namespace

uint32_t BlockBytesOf(const struct stat& file) {
  const uint64_t most =
      std::max({4 * kKiB, static_cast<uint64_t>(file.st_blksize), PhysicalBlockBytes(file.st_dev)});
  uint64_t block = 4 * kKiB;
  // A file system that prefers enormous transfers does not write in them.
  while (block < most && block < kGranule) block *= 2;
  return static_cast<uint32_t>(block);
}

}  // namespace fams
