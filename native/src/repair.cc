#include "repair.h"

#include "segments.h"

namespace fams {
namespace {

// The journal that a new region has, if that is shorter than this one.
bool Shorten(Superblock* superblock) {
  Superblock fresh = MakeSuperblock(superblock->data_bytes, superblock->block_bytes);
  if (EndOfFile(fresh) >= EndOfFile(*superblock)) return false;
  Rebase(&fresh, superblock->replay_position);
  std::copy(fresh.segments, fresh.segments + kMaxSegments, superblock->segments);
  superblock->segment_count = fresh.segment_count;
  return true;
}

}  // namespace

Status Repair(const std::string& path, const RepairOptions& options, Repaired* repaired) {
  std::unique_ptr<Storage> storage;
  FAMS_TRY(OpenFile(path, false, &storage));
  ChosenSuperblock chosen;
  FAMS_TRY(ReadSuperblocks(*storage, &chosen));
  Superblock& superblock = repaired->superblock = chosen.superblock;
  RecoveryReport& report = repaired->report;
  std::unique_ptr<Committed> committed;
  FAMS_TRY(Committed::Make(storage.get(), superblock.data_bytes, &committed));
  FAMS_TRY(PlanRecovery(*storage, chosen, committed.get(), &report));
  repaired->bytes_before = repaired->bytes_after = storage->Size();
  if (report.verdict == Verdict::kDamaged && !options.accept_damage) return DamageOf(report);

  Superblock shorter = superblock;
  const bool closed = report.verdict == Verdict::kClean && superblock.clean;
  const bool tidy = storage->Size() <= EndOfFile(superblock);
  if (closed && tidy && !(options.compact && Shorten(&shorter))) return {};
  FAMS_TRY(ApplyRecovery(*storage, report, &superblock, committed.get()));

  // The journal is empty. Its end is cut off only when both superblocks have let go of it.
  if (options.compact) Shorten(&superblock);
  superblock.clean = 1;
  FAMS_TRY(WriteSuperblocks(*storage, &superblock));
  const uint64_t end = EndOfFile(superblock);
  if (storage->Size() > end) FAMS_TRY(storage->Truncate(end));
  repaired->bytes_after = storage->Size();
  return {};
}

}  // namespace fams
