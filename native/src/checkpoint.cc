#include "checkpoint.h"

#include <algorithm>

#include "newest.h"
#include "replay.h"
#include "superblock.h"

namespace fams {
namespace {

constexpr uint64_t kPage = 4 * kKiB;
// 256 pages: more of it in flight and commits wait behind it, less and the medium is not kept busy.
constexpr uint64_t kPacedBytes = 256 * kPage;

using Line = NewestLines::Line;

// Writes neighbouring lines as whole units of the storage, filled up with what the backing copy holds.
class UnitWriter {
 public:
  UnitWriter(Storage* storage, Pacer* pacer, uint64_t* bytes_written)
      : storage_(storage),
        pacer_(pacer),
        bytes_written_(bytes_written),
        unit_lines_(std::min<uint64_t>(storage->write_unit(), kPage) / kLineBytes),
        buffer_(kChunk) {}

  Status WriteWindow(const std::vector<Line>& lines) {
    const Line* end = lines.data() + lines.size();
    for (const Line* first = lines.data(); first < end;) {
      const Line* last = first;
      while (last + 1 < end && last[1].number / unit_lines_ <= last->number / unit_lines_ + 1) last++;
      FAMS_TRY(WriteUnits(first, last));
      first = last + 1;
    }
    return {};
  }

 private:
  Status WriteUnits(const Line* first, const Line* last) {
    const uint64_t from = first->number / unit_lines_ * unit_lines_;
    const uint64_t count = (last->number / unit_lines_ + 1) * unit_lines_ - from;
    const uint64_t offset = kDataOffset + from * kLineBytes, bytes = count * kLineBytes;
    const bool whole = static_cast<uint64_t>(last - first) + 1 == count;
    if (!whole) FAMS_TRY(storage_->Read(offset, buffer_.data(), bytes));
    CopyLines(first, last + 1, buffer_.data(), from);
    FAMS_TRY(storage_->Write(Stream::kData, offset, buffer_.data(), bytes));
    *bytes_written_ += bytes;
    return pacer_ != nullptr ? pacer_->Wrote(offset, bytes) : Status();
  }

  Storage* storage_;
  Pacer* pacer_;
  uint64_t* bytes_written_;
  uint64_t unit_lines_;
  std::vector<uint8_t> buffer_;
};

Status VerifyJournal(Storage& storage, const Superblock& from, const Boundary& cut) {
  ReplayEnd end;
  const Visitor accept = [](const RecordAt&) { return Status(); };
  FAMS_TRY(Replay(storage, from, accept, &end, cut.next_record));
  if (end.next_record == cut.next_record && end.chain == cut.chain) return {};
  return Status(code::kDamaged, "a commit in the journal no longer verifies").At(end.position);
}

}  // namespace

Status Pacer::Wrote(uint64_t offset, uint64_t bytes) {
  if (pending_ == 0) from_ = offset;
  end_ = offset + bytes;
  pending_ += bytes;
  if (pending_ < kPacedBytes) return {};
  pending_ = 0;
  return storage_->WriteBack(from_, end_ - from_);
}

Status ApplyNewest(Storage& storage, const Committed& committed, const std::vector<Segment>& segments,
                   Pacer* pacer, uint64_t* bytes_written) {
  std::unique_ptr<NewestLines> newest;
  FAMS_TRY(NewestLines::Open(storage, committed, segments, &newest));
  UnitWriter writer(&storage, pacer, bytes_written);
  for (uint64_t window = 0; window < newest->WindowCount(); window++)
    FAMS_TRY(writer.WriteWindow(newest->Window(window)));
  return {};
}

Status Checkpoint(Storage& storage, Committed& committed, const CheckpointArguments& arguments,
                  Superblock* next, uint64_t* bytes_written) {
  // As the data's: a failure that a commit was told of is told to the checkpoint as well.
  if (arguments.flush_journal) FAMS_TRY(storage.FlushAll(Stream::kData));
  FAMS_TRY(VerifyJournal(storage, *arguments.from, arguments.cut));
  FAMS_TRY(ApplyNewest(storage, committed, arguments.segments, arguments.pacer, bytes_written));
  Boundary end;
  FAMS_TRY(arguments.before_flush(&end));
  next->needed_through = end.next_record - 1;
  FAMS_TRY(storage.FlushAll(Stream::kData));
  FAMS_TRY(WriteSuperblocks(storage, next));
  committed.Forget(arguments.segments);
  return {};
}

}  // namespace fams
