// Copying journalled lines into the backing copy and letting go of the journal that held them.
//
//   1 flush the journal up to the cut   2 verify its records again   3 write the newest lines, page by page
//   4 flush everything
//   5 both superblocks say that the journal begins at the cut
//
// Step 4 flushes the journal because a line is not written if a commit behind the cut has overwritten it:
// that commit must be durable before the older one is let go of. A crash before step 5 leaves a journal that
// says the same as before; recovery writes the same lines again.
#pragma once

#include <functional>

#include "committed.h"
#include "journal.h"
#include "storage.h"

namespace fams {

// Spreads write-back out while commits go on: a burst of it would stand in the way of their flushes.
class Pacer {
 public:
  explicit Pacer(Storage* storage) : storage_(storage) {}
  // `bytes` bytes of the data part were written from `offset` on.
  Status Wrote(uint64_t offset, uint64_t bytes);

 private:
  Storage* storage_;
  uint64_t pending_ = 0, from_ = 0, end_ = 0;
};

// Writes the newest lines of these segments, whose records have been verified, into the backing copy.
Status ApplyNewest(Storage& storage, const Committed& committed, const std::vector<Segment>& segments,
                   Pacer* pacer, uint64_t* bytes_written);

struct CheckpointArguments {
  const Superblock* from;         // where the journal begins now
  Boundary cut;                   // where it is to begin
  std::vector<Segment> segments;  // those before the cut
  bool flush_journal;             // commits are not flushed one by one
  // Called when the lines are written and before the flush. Tells the journal's end: no later record may
  // share a block with what is flushed now. Fails if an append has, for then nobody knows where the journal
  // ends.
  std::function<Status(Boundary* end)> before_flush;
  Pacer* pacer;  // or nullptr
};

// Brings everything before the cut into the backing copy, durably, and then writes `next` to both
// superblocks.
Status Checkpoint(Storage& storage, Committed& committed, const CheckpointArguments& arguments,
                  Superblock* next, uint64_t* bytes_written);

}  // namespace fams
