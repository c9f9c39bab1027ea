// A record of ordinary size is put together in one buffer and written at once. A larger one goes out in
// pieces as it is gathered, its sealing header last, so that a commit of the whole region needs no second
// copy of it. Either way it is valid only when every byte is there, because the header's checksum covers the
// payload's.

#include "journal.h"

#include <algorithm>
#include <cstring>

#include "crc32c.h"
#include "segments.h"

namespace fams {
namespace {

constexpr size_t kMaxBuffer = 8 * kMiB;
constexpr size_t kAlignment = 4096;

// Gathers a record's bytes in a buffer and writes them out whenever it is full.
class RecordWriter {
 public:
  RecordWriter(Storage* storage, uint8_t* buffer, size_t capacity, uint64_t offset)
      : storage_(storage), buffer_(buffer), capacity_(capacity), offset_(offset) {}

  Status Payload(const void* data, size_t bytes) {
    auto* from = static_cast<const uint8_t*>(data);
    while (bytes > 0) {
      if (used_ == capacity_) FAMS_TRY(Spill());
      const size_t n = std::min(bytes, capacity_ - used_);
      std::memcpy(buffer_ + used_, from, n);
      used_ += n, from += n, bytes -= n;
    }
    return {};
  }

  Status PayloadZeros(size_t bytes) {
    static const uint8_t zeros[kLineBytes] = {};
    return Payload(zeros, bytes);
  }

  uint32_t PayloadChecksum() {
    checksum_ = Crc32c(checksum_, buffer_ + checked_, used_ - checked_);
    checked_ = used_;
    return checksum_;
  }

  // Fills up with zeros to `bytes` bytes in all, sets the header, and writes what is left to write.
  Status Finish(const RecordHeader& header, uint64_t bytes, bool durable) {
    while (spilled_ + used_ < bytes) {
      if (used_ == capacity_) FAMS_TRY(Spill());
      const size_t n = std::min<uint64_t>(bytes - spilled_ - used_, capacity_ - used_);
      std::memset(buffer_ + used_, 0, n);
      used_ += n, checked_ += n;
    }
    if (spilled_ == 0) {
      std::memcpy(buffer_, &header, sizeof header);
      return durable ? storage_->WriteDurable(Stream::kJournal, offset_, buffer_, used_)
                     : storage_->Write(Stream::kJournal, offset_, buffer_, used_);
    }
    FAMS_TRY(Spill());
    FAMS_TRY(storage_->Write(Stream::kJournal, offset_, &header, sizeof header));
    return durable ? storage_->FlushAll(Stream::kJournal) : Status();
  }

 private:
  Status Spill() {
    PayloadChecksum();
    const size_t skipped = spilled_ == 0 ? sizeof(RecordHeader) : 0;
    FAMS_TRY(
        storage_->Write(Stream::kJournal, offset_ + spilled_ + skipped, buffer_ + skipped, used_ - skipped));
    spilled_ += used_;
    used_ = checked_ = 0;
    return {};
  }

  Storage* storage_;
  uint8_t* buffer_;
  size_t capacity_;
  uint64_t offset_;
  size_t used_ = sizeof(RecordHeader);
  size_t checked_ = sizeof(RecordHeader);
  uint64_t spilled_ = 0;
  uint32_t checksum_ = 0;
};

}  // namespace

Journal::Journal(Storage* storage, const Superblock* superblock)
    : storage_(storage), superblock_(superblock) {
  next_record_ = superblock->next_record;
  chain_ = superblock->chain;
  durable_through_ = next_record_ - 1;
  Restart();
}

void Journal::Restart() { head_ = flushed_ = superblock_->replay_position; }

// Behind a flush the next record starts on a block of its own, so that writing it cannot harm this one.
// Between flushes records are packed, each followed by zeros in the place of the next header.
uint64_t Journal::EndOfRecord(uint64_t position, uint64_t bytes, bool durable) const {
  if (durable) return AlignUp(position + bytes, superblock_->block_bytes);
  const uint64_t end = position + bytes;
  return end % superblock_->block_bytes == 0 ? end : end + sizeof(RecordHeader);
}

Status Journal::Reserve(uint64_t bytes, bool durable, bool* found) {
  *found = true;
  // The last block of a segment is kept for the link.
  const auto fits = [&](const Segment& segment, uint64_t position) {
    const uint64_t end = AlignUp(EndOfRecord(position, bytes, durable), superblock_->block_bytes);
    return end + superblock_->block_bytes <= segment.start + segment.bytes;
  };
  const Segment* here = FindSegment(*superblock_, head_);
  if (fits(*here, head_)) return {};
  for (const Segment* later = here + 1; later < superblock_->segments + superblock_->segment_count; later++)
    if (fits(*later, later->start)) return WriteLink(later->start);
  *found = false;
  return {};
}

RecordHeader Journal::MakeHeader(RecordType type) const {
  RecordHeader header = {};
  header.type = type;
  header.position = head_;
  header.sequence = next_record_;
  header.durable_through = durable_through_;
  header.chain = chain_;
  return header;
}

void Journal::Appended(const RecordHeader& header, uint64_t end) {
  next_record_++;
  chain_ = header.checksum;
  head_ = end;
}

Status Journal::WriteLink(uint64_t target) {
  RecordHeader header = MakeHeader(kLink);
  header.payload_bytes = target;
  SealHeader(ContextOf(*superblock_), &header);
  const uint64_t offset = OffsetOf(*FindSegment(*superblock_, head_), head_);
  FAMS_TRY(storage_->Write(Stream::kJournal, offset, &header, sizeof header));
  Appended(header, target);
  return {};
}

bool Journal::PrepareBuffer(uint64_t bytes) {
  // With the longest padding.
  const size_t needed =
      std::min<uint64_t>(AlignUp(bytes, superblock_->block_bytes) + superblock_->block_bytes, kMaxBuffer);
  if (needed <= buffer_bytes_) return true;
  buffer_.reset(static_cast<uint8_t*>(std::aligned_alloc(kAlignment, needed)));
  buffer_bytes_ = buffer_ != nullptr ? needed : 0;
  return buffer_ != nullptr;
}

Status Journal::Append(const Lines& lines, const uint8_t* working, bool durable, uint64_t* lines_offset) {
  const uint64_t end = EndOfRecord(head_, lines.record_bytes(), durable);
  const size_t capacity = std::min<uint64_t>(end - head_, kMaxBuffer);
  const uint64_t offset = OffsetOf(*FindSegment(*superblock_, head_), head_);
  RecordWriter writer(storage_, buffer_.get(), capacity, offset);
  const size_t table = lines.runs.size() * sizeof(uint64_t);
  FAMS_TRY(writer.Payload(lines.runs.data(), table));
  FAMS_TRY(writer.PayloadZeros(RunTableBytes(lines.runs.size()) - table));
  for (const uint64_t run : lines.runs)
    FAMS_TRY(writer.Payload(working + RunLine(run) * kLineBytes, RunCount(run) * kLineBytes));

  RecordHeader header = MakeHeader(kCommit);
  header.payload_bytes = lines.payload_bytes();
  header.payload_checksum = writer.PayloadChecksum();
  header.run_count = static_cast<uint32_t>(lines.runs.size());
  SealHeader(ContextOf(*superblock_), &header);
  // Writing durably covers this record alone; with earlier ones still in flight only a flush of everything
  // will do.
  const bool alone = flushed_ == head_;
  FAMS_TRY(writer.Finish(header, end - head_, durable && alone));
  *lines_offset = offset + sizeof header + RunTableBytes(lines.runs.size());
  Appended(header, durable ? end : head_ + lines.record_bytes());
  if (!durable) return {};
  if (!alone) FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  flushed_ = head_;
  durable_through_ = next_record_ - 1;
  return {};
}

Status Journal::Flush() {
  if (flushed_ == head_) return {};
  FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  head_ = flushed_ = AlignUp(head_, superblock_->block_bytes);
  durable_through_ = next_record_ - 1;
  return {};
}

}  // namespace fams
