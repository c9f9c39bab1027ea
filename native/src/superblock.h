// The superblock: what recovery needs to know before it reads the journal. Two copies, updated one after the
// other.
#pragma once

#include <string>

#include "format.h"
#include "status.h"
#include "storage.h"

namespace fams {

// A superblock for a new region with a random identity.
Superblock MakeSuperblock(uint64_t data_bytes, uint32_t block_bytes);

// A new 64-bit salt: records of an earlier generation, or of a copy of the file, do not verify under it.
uint64_t RandomSalt();

// Sets the copy index and the checksum.
void Seal(Superblock* superblock, uint32_t copy);

// The end of the last part of the file that the superblock speaks of.
uint64_t EndOfFile(const Superblock& superblock);

// Writes both copies durably, one after the other, the one that counts last, under the next sequence number.
// Until this returns nothing may be reused that the old superblock needs.
Status WriteSuperblocks(Storage& storage, Superblock* superblock);

// What reading the two copies came to.
struct ChosenSuperblock {
  Superblock superblock;
  bool valid[2] = {false, false};
  // The copies differ in sequence: an update was under way.
  bool stale = false;
};

// Reads both copies and chooses the newest valid one. Fails with a code of its own for a foreign file,
// another version, byte order or feature, and for two broken copies.
Status ReadSuperblocks(Reader& reader, ChosenSuperblock* chosen);

}  // namespace fams
