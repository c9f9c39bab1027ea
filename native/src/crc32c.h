// CRC-32C (Castagnoli), as iSCSI, ext4 and LevelDB use it; by the SSE 4.2 or ARMv8 instruction where there is
// one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fams {

// Extends `crc`, the checksum of what came before (0 for nothing), by `bytes` bytes at `data`.
uint32_t Crc32c(uint32_t crc, const void* data, size_t bytes);

// The same by table, for machines without the instruction.
uint32_t Crc32cPortable(uint32_t crc, const void* data, size_t bytes);

}  // namespace fams
