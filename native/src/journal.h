// The writing end of the journal: where the next record goes, and how it gets there.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "record.h"
#include "storage.h"

namespace fams {

// The lines of one commit, ascending, each once.
struct Lines {
  std::vector<uint32_t> numbers;
  std::vector<uint64_t> runs;

  uint64_t payload_bytes() const { return PayloadBytes(runs.size(), numbers.size()); }
  uint64_t record_bytes() const { return sizeof(RecordHeader) + payload_bytes(); }
};

class Journal {
 public:
  // Continues where the superblock says that the journal begins. Both outlive it.
  Journal(Storage* storage, const Superblock* superblock);

  // Finds room for a record of `bytes` bytes, going on to a later segment if it must. Without room nothing is
  // written.
  Status Reserve(uint64_t bytes, bool durable, bool* found);

  // Makes ready to gather a record of `bytes` bytes. Fails for want of memory.
  bool PrepareBuffer(uint64_t bytes);

  // Appends a commit in the room that was reserved and the buffer that was prepared for it, and tells where
  // its lines begin in the file. If `durable`, this and every earlier record is flushed when it returns.
  Status Append(const Lines& lines, const uint8_t* working, bool durable, uint64_t* lines_offset);

  // Makes every record durable.
  Status Flush();

  // The journal starts over where the superblock now says.
  void Restart();

  uint64_t head() const { return head_; }
  uint64_t next_record() const { return next_record_; }

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };

  uint64_t EndOfRecord(uint64_t position, uint64_t bytes, bool durable) const;
  RecordHeader MakeHeader(RecordType type) const;
  void Appended(const RecordHeader& header, uint64_t end);
  Status WriteLink(uint64_t target);

  Storage* storage_;
  const Superblock* superblock_;
  uint64_t head_ = 0;         // position of the next record
  uint64_t flushed_ = 0;      // everything before this position is durable
  uint64_t next_record_ = 0;  // its sequence
  uint64_t durable_through_ = 0;
  uint32_t chain_ = 0;
  std::unique_ptr<uint8_t, Free> buffer_;
  size_t buffer_bytes_ = 0;
};

}  // namespace fams
