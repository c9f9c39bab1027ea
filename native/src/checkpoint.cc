#include "checkpoint.h"

#include <algorithm>

#include "segments.h"
#include "superblock.h"

namespace fams {
namespace {

constexpr uint64_t kMaxJournal = 64 * kMiB;
// Each new segment makes the journal eight times as long.
constexpr uint64_t kGrowth = 7;

uint64_t JournalBytes(const Superblock& superblock) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < superblock.segment_count; i++)
    if (!superblock.segments[i].temporary) bytes += superblock.segments[i].bytes;
  return bytes;
}

// A journal longer than its data saves nothing: a checkpoint then writes all of the data anyway.
uint64_t NextSegmentBytes(const Superblock& superblock) {
  const uint64_t now = JournalBytes(superblock);
  const uint64_t most = std::min(kMaxJournal, superblock.data_bytes);
  return now < most ? AlignUp(std::min(now * kGrowth, most - now), kGranule) : 0;
}

// Appends a segment and zeros it: overwriting written blocks is faster than filling allocated ones. A full
// disk is no failure, the journal only stays as short as it is.
Status Grow(Storage& storage, Superblock* superblock) {
  const uint64_t bytes = NextSegmentBytes(*superblock);
  if (bytes == 0 || superblock->segment_count == kMaxSegments) return {};
  const uint64_t end = EndOfFile(*superblock);
  const Status allocated = storage.Allocate(end, bytes);
  if (!allocated.ok()) return allocated.code() == code::kNoSpace ? storage.Truncate(end) : allocated;
  FAMS_TRY(WriteZeros(storage, end, bytes));
  AddSegment(superblock, bytes, false);
  return storage.FlushAll(Stream::kJournal);
}

}  // namespace

Status ApplyNewest(Storage& storage, Committed& committed, const RecordAt& record, uint64_t* bytes_written) {
  std::vector<uint8_t> chunk(std::min(kChunk, record.bytes()));
  return committed.ForEachNewest(record, [&](uint64_t line, uint64_t count, uint64_t offset) -> Status {
    for (uint64_t done = 0; done < count * kLineBytes; done += kChunk) {
      const uint64_t bytes = std::min(kChunk, count * kLineBytes - done);
      FAMS_TRY(storage.Read(offset + done, chunk.data(), bytes));
      FAMS_TRY(storage.Write(Stream::kData, kDataOffset + line * kLineBytes + done, chunk.data(), bytes));
      *bytes_written += bytes;
    }
    return {};
  });
}

Status Checkpoint(Storage& storage, Superblock* superblock, Journal& journal, Committed& committed,
                  const CheckpointOptions& options, uint64_t* bytes_written) {
  FAMS_TRY(journal.Flush());
  ReplayEnd end;
  FAMS_TRY(Replay(
      storage, *superblock,
      [&](const RecordAt& record) { return ApplyNewest(storage, committed, record, bytes_written); }, &end));
  if (end.next_record != journal.next_record())
    return Status(code::kDamaged, "a commit in the journal no longer verifies").At(end.position);
  FAMS_TRY(storage.FlushAll(Stream::kData));

  const uint64_t old_end = EndOfFile(*superblock);
  Superblock next = *superblock;
  Rebase(&next, AlignUp(journal.head(), kGranule));
  const uint64_t kept_end = EndOfFile(next);
  if (kept_end == old_end && options.grow) FAMS_TRY(Grow(storage, &next));
  next.next_record = end.next_record;
  next.chain = end.chain;
  next.clean = options.clean;
  FAMS_TRY(WriteSuperblocks(storage, &next));
  *superblock = next;
  committed.Clear();
  journal.Restart();
  return kept_end < old_end ? storage.Truncate(kept_end) : Status();
}

}  // namespace fams
