#include "recovery.h"

#include "checkpoint.h"
#include "segments.h"

namespace fams {
namespace {

Status Rewrite(Storage& storage, const RecordAt& record) {
  constexpr uint64_t kChunk = 256 * kKiB;
  std::vector<uint8_t> chunk(kChunk);
  for (uint64_t at = 0; at < record.bytes(); at += kChunk) {
    const uint64_t bytes = std::min(kChunk, record.bytes() - at);
    FAMS_TRY(storage.Read(record.offset + at, chunk.data(), bytes));
    FAMS_TRY(storage.Write(Stream::kJournal, record.offset + at, chunk.data(), bytes));
  }
  return {};
}

// What lies behind accepted damage must not be found again.
Status EraseJournal(Storage& storage, const Superblock& superblock) {
  for (uint32_t i = 0; i < superblock.segment_count; i++)
    FAMS_TRY(WriteZeros(storage, superblock.segments[i].offset, superblock.segments[i].bytes));
  return storage.FlushAll(Stream::kJournal);
}

Status Apply(Storage& storage, const Superblock& superblock, Committed* committed) {
  ReplayEnd end;
  FAMS_TRY(Replay(
      storage, superblock, [&](const RecordAt& record) { return Rewrite(storage, record); }, &end));
  FAMS_TRY(storage.FlushAll(Stream::kJournal));
  uint64_t bytes_written = 0;
  FAMS_TRY(Replay(
      storage, superblock,
      [&](const RecordAt& record) { return ApplyNewest(storage, *committed, record, &bytes_written); },
      &end));
  return storage.FlushAll(Stream::kData);
}

}  // namespace

Status PlanRecovery(Storage& storage, const ChosenSuperblock& chosen, Committed* committed,
                    RecoveryReport* report) {
  const Superblock& superblock = chosen.superblock;
  report->copy_valid[0] = chosen.valid[0];
  report->copy_valid[1] = chosen.valid[1];
  report->copies_differed = chosen.stale;
  report->end.position = superblock.replay_position;
  report->end.next_record = superblock.next_record;
  report->end.chain = superblock.chain;
  const bool both = chosen.valid[0] && chosen.valid[1] && !chosen.stale;
  // Closed in order, both copies say so: nothing was written to the journal since.
  if (both && superblock.clean) return {};

  const auto index = [&](const RecordAt& record) {
    return ForEachRun(storage, record, [&](uint64_t line, uint64_t count, uint64_t offset) -> Status {
      committed->Set(line, count, offset);
      return {};
    });
  };
  FAMS_TRY(Replay(storage, superblock, index, &report->end));
  bool damaged = false;
  FAMS_TRY(FindDamage(storage, superblock, report->end, &damaged));
  const bool work = report->end.commits > 0 || report->end.ending != Ending::kNothing || !both;
  report->verdict = damaged ? Verdict::kDamaged : work ? Verdict::kRecovered : Verdict::kClean;
  return {};
}

Status ApplyRecovery(Storage& storage, const RecoveryReport& report, Superblock* superblock,
                     Committed* committed) {
  if (report.end.commits > 0) FAMS_TRY(Apply(storage, *superblock, committed));
  if (report.verdict == Verdict::kDamaged) FAMS_TRY(EraseJournal(storage, *superblock));
  Superblock next = *superblock;
  Rebase(&next, AlignUp(report.end.position, kGranule));
  next.generation++;
  next.salt = RandomSalt();
  next.next_record = AlignUp(report.end.next_record, kSequenceStep) + 1;
  next.chain = report.end.chain;
  next.clean = 0;
  FAMS_TRY(WriteSuperblocks(storage, &next));
  *superblock = next;
  committed->Clear();
  const uint64_t end = EndOfFile(next);
  return storage.Size() > end ? storage.Truncate(end) : Status();
}

Status ApplyToMemory(Storage& storage, const Superblock& superblock, Committed& committed, uint8_t* working) {
  ReplayEnd end;
  return Replay(
      storage, superblock,
      [&](const RecordAt& record) {
        return committed.ForEachNewest(record, [&](uint64_t line, uint64_t count, uint64_t offset) {
          return storage.Read(offset, working + line * kLineBytes, count * kLineBytes);
        });
      },
      &end);
}

}  // namespace fams
