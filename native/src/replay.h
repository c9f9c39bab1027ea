// Reading the journal: a fold over its records, in order, each verified before it is handed on.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "record.h"
#include "status.h"
#include "storage.h"

namespace fams {

// A verified record and the byte of the file at which its header stands.
struct RecordAt {
  uint64_t offset;
  RecordHeader header;

  uint64_t bytes() const { return sizeof header + (header.type == kCommit ? header.payload_bytes : 0); }
};

// Why the fold ended where it did.
enum class Ending {
  kNothing,       // zeros, or a record of an earlier time: nothing was being written here
  kTornHeader,    // a header that was meant for this place and does not verify
  kTornPayload,   // a header that verifies, and a payload that does not
  kUnrecognised,  // other bytes: what an older, longer record left behind, or a last record whose header was
                  // destroyed
  kLater,         // a record of a later time, which the superblock does not know of
  kUnreadable,    // the medium does not give them
};

const char* NameOf(Ending ending);

struct ReplayEnd {
  Ending ending = Ending::kNothing;
  uint64_t position = 0;     // logical, where the next record would have begun
  uint64_t next_record = 0;  // its sequence
  uint32_t chain = 0;        // header checksum of the last record
  uint64_t commits = 0;
  uint64_t lines = 0;
  uint64_t durable_through = 0;  // highest sequence that an accepted record calls flushed
  uint64_t latest = 0;           // with kLater: its sequence
};

using Visitor = std::function<Status(const RecordAt&)>;

// Walks the records from the superblock's replay position, up to the one with the sequence `until`. A failure
// is one of the medium, or the visitor's.
Status Replay(Reader& reader, const Superblock& superblock, const Visitor& visit, ReplayEnd* end,
              uint64_t until = kMaxSequence);

// Looks behind the end for records that prove it too early. A torn tail is followed by nothing that knows of
// it; if a later record says that the missing one had been flushed, an acknowledged commit is lost. `latest`
// is then the highest sequence found.
void FindDamage(Reader& reader, const Superblock& superblock, const ReplayEnd& end, bool* damaged,
                uint64_t* latest);

// Calls `each(line, count, offset)` for every run of a verified commit: the run's first line, its length, and
// the byte of the file at which its lines stand.
template <typename Each>
Status ForEachRun(Reader& reader, const RecordAt& record, const Each& each) {
  const uint64_t table = record.offset + sizeof(RecordHeader);
  uint64_t lines_at = table + RunTableBytes(record.header.run_count);
  std::vector<uint64_t> runs(std::min<uint64_t>(record.header.run_count, kChunk / sizeof(uint64_t)));
  for (uint64_t first = 0; first < record.header.run_count; first += runs.size()) {
    const uint64_t count = std::min<uint64_t>(runs.size(), record.header.run_count - first);
    FAMS_TRY(reader.Read(table + first * sizeof(uint64_t), runs.data(), count * sizeof(uint64_t)));
    for (uint64_t i = 0; i < count; i++) {
      FAMS_TRY(each(RunLine(runs[i]), RunCount(runs[i]), lines_at));
      lines_at += RunCount(runs[i]) * kLineBytes;
    }
  }
  return {};
}

}  // namespace fams
