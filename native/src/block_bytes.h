#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace fams {

// What writing to this file may disturb around it: the larger of preferred and physical block, a power of two
// from 4 KiB to 64 KiB.
uint32_t BlockBytesOf(const struct stat& file);

}  // namespace fams
