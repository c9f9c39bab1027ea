// The writing end of the journal: where the next record goes, and how it gets there. One thread at a time.
#pragma once

#include "group.h"
#include "storage.h"

namespace fams {

// A place in the journal from which it can be read: what a superblock says of its beginning.
struct Boundary {
  uint64_t position;
  uint64_t next_record;
  uint32_t chain;
};

class Journal {
 public:
  // Continues where the superblock says that the journal begins. Both outlive it.
  Journal(Storage* storage, const Superblock* superblock);

  // Finds room for `bytes` bytes of records, going on to a later segment if it must. Without room nothing is
  // written.
  Status Reserve(uint64_t bytes, bool durable, bool* found);

  // Appends a group in the room that was reserved for it, and tells where in the file it begins. If
  // `durable`, its records and every earlier one are flushed when it returns.
  Status Append(Group* group, bool durable, uint64_t* offset);

  // As Append, for one commit that is not captured but written as it is gathered, and tells where its lines
  // begin. `buffer` holds a piece at a time.
  Status AppendLarge(const Lines& lines, const uint8_t* working, AlignedBuffer* buffer, bool durable,
                     uint64_t* lines_offset);

  // Makes every record durable.
  Status Flush();

  // Goes on to the next segment, if there is one and this one has records.
  Status LeaveSegment(bool durable);

  // The next record starts on a block of its own.
  void StartBlock();

  // Someone else has made everything before `boundary` durable.
  void NoteFlushed(const Boundary& boundary);

  // The journal starts over where the superblock now says.
  void Restart();

  // The beginning of the segment in use: everything before it is complete.
  const Boundary& boundary() const { return boundary_; }
  // Bytes that are left in later segments, and that a record can have there at most.
  uint64_t FreeBytes() const;
  uint64_t LongestFree() const;
  // Bytes that a record can have in the segment in use.
  uint64_t LeftHere() const;
  // Where it ends.
  Boundary end() const { return {head_, next_record_, chain_}; }
  uint64_t head() const { return head_; }
  uint64_t next_record() const { return next_record_; }

 private:
  uint64_t EndOfRecord(uint64_t position, uint64_t bytes, bool durable) const;
  const Segment* Here() const;
  const Segment* EndOfSegments() const { return superblock_->segments + superblock_->segment_count; }
  bool Fits(const Segment& segment, uint64_t position, uint64_t bytes, bool durable) const;
  void Seal(RecordHeader* header, uint64_t position);
  Status WriteLink(uint64_t target, bool durable);
  Status FinishDurably(bool flushed);

  Storage* storage_;
  const Superblock* superblock_;
  const RecordContext context_;
  Boundary boundary_ = {};
  uint64_t head_ = 0;         // position of the next record
  uint64_t flushed_ = 0;      // everything before this position is durable
  uint64_t next_record_ = 0;  // its sequence
  uint64_t durable_through_ = 0;
  uint32_t chain_ = 0;
  AlignedBuffer link_;
};

}  // namespace fams
