#include "recovery.h"

#include <algorithm>
#include <cstring>

#include "checkpoint.h"
#include "newest.h"
#include "segments.h"

namespace fams {
namespace {

void NoteUnsure(const RecordAt& record, std::deque<UnsurePiece>* unsure) {
  while (!unsure->empty() && unsure->front().last_record <= record.header.durable_through)
    unsure->pop_front();
  const uint64_t bytes = record.bytes(), sequence = record.header.sequence;
  if (!unsure->empty() && unsure->back().offset + unsure->back().bytes == record.offset) {
    unsure->back().bytes += bytes;
    unsure->back().last_record = sequence;
  } else {
    unsure->push_back({record.offset, bytes, sequence});
  }
}

// Sees to it that a piece is on the medium. What reads the same past the page cache is. Only what is not
// there is written, for it was never acknowledged: a sector in flight may be destroyed.
Status MakeSure(Storage& storage, const UnsurePiece& piece) {
  const size_t most = std::min(kChunk, piece.bytes);
  std::vector<uint8_t> chunk(most), medium(most);
  for (uint64_t at = 0; at < piece.bytes; at += kChunk) {
    const uint64_t bytes = std::min(kChunk, piece.bytes - at);
    FAMS_TRY(storage.Read(piece.offset + at, chunk.data(), bytes));
    const bool there = storage.ReadMedium(piece.offset + at, medium.data(), bytes).ok() &&
                       std::memcmp(chunk.data(), medium.data(), bytes) == 0;
    if (!there) FAMS_TRY(storage.Write(Stream::kJournal, piece.offset + at, chunk.data(), bytes));
  }
  return {};
}

Status Apply(Storage& storage, const Superblock& superblock, const RecoveryReport& report,
             const Committed& committed) {
  FAMS_TRY(storage.FlushAll(Stream::kJournal));
  for (const UnsurePiece& piece : report.unsure) FAMS_TRY(MakeSure(storage, piece));
  FAMS_TRY(storage.FlushAll(Stream::kJournal));
  uint64_t bytes_written = 0;
  FAMS_TRY(ApplyNewest(storage, committed, AllSegments(superblock), nullptr, &bytes_written));
  return storage.FlushAll(Stream::kData);
}

}  // namespace

const char* NameOf(Verdict verdict) {
  static const char* const kNames[] = {"created", "clean", "recovered", "damaged"};
  return kNames[static_cast<int>(verdict)];
}

Status PlanRecovery(Reader& reader, const ChosenSuperblock& chosen, const Visitor& visit,
                    RecoveryReport* report) {
  const Superblock& superblock = chosen.superblock;
  report->copy_valid[0] = chosen.valid[0];
  report->copy_valid[1] = chosen.valid[1];
  report->end.position = superblock.replay_position;
  report->end.next_record = superblock.next_record;
  report->end.chain = superblock.chain;
  const bool both = chosen.valid[0] && chosen.valid[1] && !chosen.stale;
  // Closed in order, both copies say so: nothing was written to the journal since.
  if (both && superblock.clean) return {};

  const Visitor note = [&](const RecordAt& record) {
    NoteUnsure(record, &report->unsure);
    return visit(record);
  };
  FAMS_TRY(Replay(reader, superblock, note, &report->end));
  bool damaged = false;
  FindDamage(reader, superblock, report->end, &damaged, &report->end.latest);
  damaged |= report->end.next_record <= superblock.needed_through;
  report->end.latest = std::max(report->end.latest, superblock.needed_through);
  const bool work = report->end.commits > 0 || report->end.ending != Ending::kNothing || !both;
  report->verdict = damaged ? Verdict::kDamaged : work ? Verdict::kRecovered : Verdict::kClean;
  return {};
}

Status PlanRecovery(Reader& reader, const ChosenSuperblock& chosen, Committed* committed,
                    RecoveryReport* report) {
  const Visitor index = [&](const RecordAt& record) {
    return ForEachRun(reader, record, [&](uint64_t line, uint64_t count, uint64_t offset) -> Status {
      committed->Set(line, count, offset);
      return {};
    });
  };
  return PlanRecovery(reader, chosen, index, report);
}

Status DamageOf(const RecoveryReport& report) {
  return Status(code::kDamaged, "the journal lost the acknowledged commits from record " +
                                    std::to_string(report.end.next_record) + " on")
      .At(report.end.position);
}

Status ApplyRecovery(Storage& storage, const RecoveryReport& report, Superblock* superblock,
                     Committed* committed) {
  // Above everything that was ever written, also behind damage that was accepted.
  const uint64_t first = AlignUp(std::max(report.end.next_record, report.end.latest + 1), kSequenceStep) + 1;
  if (first > kMaxSequence - 2 * kSequenceStep)
    return Status(code::kSuperblock, "the region has no sequence numbers left: copy it with fams backup");
  if (report.end.commits > 0) FAMS_TRY(Apply(storage, *superblock, report, *committed));
  Superblock next = *superblock;
  Rebase(&next, AlignUp(report.end.position, kGranule));
  next.generation++;
  next.salt = RandomSalt();
  next.next_record = first;
  next.needed_through = 0;
  next.chain = report.end.chain;
  next.clean = 0;
  // The file may have been moved to another kind of medium.
  next.block_bytes = storage.write_unit();
  FAMS_TRY(WriteSuperblocks(storage, &next));
  *superblock = next;
  committed->Clear();
  const uint64_t end = EndOfFile(next);
  return storage.Size() > end ? storage.Truncate(end) : Status();
}

Status ApplyToMemory(Storage& storage, const Superblock& superblock, const RecoveryReport& report,
                     const Committed& committed, uint8_t* working) {
  if (report.end.commits == 0) return {};
  std::unique_ptr<NewestLines> newest;
  FAMS_TRY(NewestLines::Open(storage, committed, AllSegments(superblock), &newest));
  for (uint64_t window = 0; window < newest->WindowCount(); window++) {
    const std::vector<NewestLines::Line>& lines = newest->Window(window);
    CopyLines(lines.data(), lines.data() + lines.size(), working, 0);
  }
  return {};
}

}  // namespace fams
