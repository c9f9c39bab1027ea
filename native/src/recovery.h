// Recovery: bringing the backing copy to the last commit, with nothing but the file.
//
//   plan    superblocks and journal in, verdict and index out; changes no byte
//   apply   1 flush, and write what was accepted and is not on the medium   2 flush   3 write the newest
//   lines   4 flush
//           5 both superblocks with a new generation, flushed
//
// Steps 1 and 2 are there because what can be read need not be on the medium: after a failed flush the kernel
// calls its pages clean. Applying a record that a power cut can still take away would leave a mixture. Every
// step may be repeated after a crash at any byte of it: until step 5 the journal and the old superblocks say
// the same as before.
#pragma once

#include <deque>
#include <memory>

#include "committed.h"
#include "replay.h"
#include "superblock.h"

namespace fams {

enum class Verdict { kCreated, kClean, kRecovered, kDamaged };

const char* NameOf(Verdict verdict);

// A piece of the journal whose records no later one calls flushed.
struct UnsurePiece {
  uint64_t offset;
  uint64_t bytes;
  uint64_t last_record;
};

struct RecoveryReport {
  Verdict verdict = Verdict::kClean;
  ReplayEnd end;
  std::deque<UnsurePiece> unsure;
  bool copy_valid[2] = {true, true};
};

// Decides what is to be done, and shows each record that counts.
Status PlanRecovery(Reader& reader, const ChosenSuperblock& chosen, const Visitor& visit,
                    RecoveryReport* report);

// The same, and indexes the newest lines of the journal in `committed`.
Status PlanRecovery(Reader& reader, const ChosenSuperblock& chosen, Committed* committed,
                    RecoveryReport* report);

// The failure to open a damaged region.
Status DamageOf(const RecoveryReport& report);

// Does it, and starts a new generation.
Status ApplyRecovery(Storage& storage, const RecoveryReport& report, Superblock* superblock,
                     Committed* committed);

// Puts the newest lines of the journal into memory that shows the backing copy: recovery for those who may
// not write.
Status ApplyToMemory(Storage& storage, const Superblock& superblock, const RecoveryReport& report,
                     const Committed& committed, uint8_t* working);

}  // namespace fams
