#include "journal.h"

#include <algorithm>
#include <cstring>

#include "large_record.h"
#include "segments.h"

namespace fams {

Journal::Journal(Storage* storage, const Superblock* superblock)
    : storage_(storage), superblock_(superblock), context_(ContextOf(*superblock)) {
  next_record_ = superblock->next_record;
  chain_ = superblock->chain;
  durable_through_ = next_record_ - 1;
  Restart();
}

void Journal::Restart() {
  head_ = flushed_ = superblock_->replay_position;
  boundary_ = {head_, next_record_, chain_};
}

// Behind a flush the next record starts on a block of its own, so that writing it cannot harm this one.
// Between flushes records are packed, each followed by zeros in the place of the next header.
uint64_t Journal::EndOfRecord(uint64_t position, uint64_t bytes, bool durable) const {
  if (durable) return AlignUp(position + bytes, superblock_->block_bytes);
  const uint64_t end = position + bytes;
  return end % superblock_->block_bytes == 0 ? end : end + sizeof(RecordHeader);
}

const Segment* Journal::Here() const { return FindSegment(*superblock_, head_); }

// The last block of a segment is kept for the link.
bool Journal::Fits(const Segment& segment, uint64_t position, uint64_t bytes, bool durable) const {
  const uint64_t end = AlignUp(EndOfRecord(position, bytes, durable), superblock_->block_bytes);
  return end + superblock_->block_bytes <= segment.start + segment.bytes;
}

Status Journal::Reserve(uint64_t bytes, bool durable, bool* found) {
  *found = true;
  const Segment* here = Here();
  if (Fits(*here, head_, bytes, durable)) return {};
  for (const Segment* later = here + 1; later < EndOfSegments(); later++)
    if (Fits(*later, later->start, bytes, durable)) return WriteLink(later->start, durable);
  *found = false;
  return {};
}

Status Journal::LeaveSegment(bool durable) {
  const Segment* here = Here();
  if (head_ == here->start || here + 1 == EndOfSegments()) return {};
  return WriteLink((here + 1)->start, durable);
}

uint64_t Journal::FreeBytes() const {
  uint64_t bytes = 0;
  for (const Segment* later = Here() + 1; later < EndOfSegments(); later++) bytes += later->bytes;
  return bytes;
}

uint64_t Journal::LongestFree() const {
  uint64_t longest = 0;
  for (const Segment* later = Here() + 1; later < EndOfSegments(); later++)
    longest = std::max(longest, later->bytes - 2 * superblock_->block_bytes);
  return longest;
}

uint64_t Journal::LeftHere() const {
  const uint64_t end = Here()->start + Here()->bytes;
  return end - std::min(end, head_ + 2 * superblock_->block_bytes);
}

// Gives a record its place; the next one follows it in sequence.
void Journal::Seal(RecordHeader* header, uint64_t position) {
  header->position = position;
  header->sequence = next_record_++;
  header->durable_through = durable_through_;
  header->chain = chain_;
  SealHeader(context_, header);
  chain_ = header->checksum;
}

// Flushed by itself, so that the record it leads to can be: a flush of everything would wait for whatever
// else is on its way into the file.
Status Journal::WriteLink(uint64_t target, bool durable) {
  if (!link_.Grow(0, superblock_->block_bytes)) return Status(code::kOutOfMemory, "no memory for a link");
  std::memset(link_.data(), 0, superblock_->block_bytes);
  RecordHeader header = {};
  header.type = kLink;
  header.payload_bytes = target;
  const uint64_t offset = OffsetOf(*Here(), head_);
  const bool alone = durable && flushed_ == head_;
  Seal(&header, head_);
  std::memcpy(link_.data(), &header, sizeof header);
  FAMS_TRY(alone ? storage_->WriteDurable(Stream::kJournal, offset, link_.data(), superblock_->block_bytes)
                 : storage_->Write(Stream::kJournal, offset, link_.data(), sizeof header));
  head_ = target;
  boundary_ = {head_, next_record_, chain_};
  return alone ? FinishDurably(true) : Status();
}

Status Journal::Append(Group* group, bool durable, uint64_t* offset) {
  for (const Group::Commit& commit : group->commits()) Seal(group->header(commit), head_ + commit.at);
  *offset = OffsetOf(*Here(), head_);
  const uint64_t end = EndOfRecord(head_, group->bytes(), durable);
  const uint8_t* bytes = group->Padded(end - head_);
  // Writing durably covers this write alone; with earlier ones still in flight only a flush of everything
  // will do.
  const bool alone = durable && flushed_ == head_;
  FAMS_TRY(alone ? storage_->WriteDurable(Stream::kJournal, *offset, bytes, end - head_)
                 : storage_->Write(Stream::kJournal, *offset, bytes, end - head_));
  head_ = durable ? end : head_ + group->bytes();
  return durable ? FinishDurably(alone) : Status();
}

Status Journal::AppendLarge(const Lines& lines, const uint8_t* working, AlignedBuffer* buffer, bool durable,
                            uint64_t* lines_offset) {
  const uint64_t offset = OffsetOf(*Here(), head_);
  *lines_offset = offset + sizeof(RecordHeader) + RunTableBytes(lines.runs.size());
  const uint64_t end = EndOfRecord(head_, lines.record_bytes(), durable);
  RecordHeader header = {};
  FAMS_TRY(WriteLargePayload(*storage_, lines, working, buffer, offset, end - head_, &header));
  Seal(&header, head_);
  FAMS_TRY(storage_->Write(Stream::kJournal, offset, &header, sizeof header));
  head_ = durable ? end : head_ + lines.record_bytes();
  return durable ? FinishDurably(false) : Status();
}

Status Journal::FinishDurably(bool flushed) {
  if (!flushed) FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  flushed_ = head_;
  durable_through_ = next_record_ - 1;
  return {};
}

Status Journal::Flush() {
  if (flushed_ == head_) return {};
  StartBlock();
  return FinishDurably(false);
}

void Journal::StartBlock() { head_ = AlignUp(head_, superblock_->block_bytes); }

void Journal::NoteFlushed(const Boundary& boundary) {
  flushed_ = std::max(flushed_, boundary.position);
  durable_through_ = std::max(durable_through_, boundary.next_record - 1);
}

}  // namespace fams
