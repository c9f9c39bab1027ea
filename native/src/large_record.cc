#include "large_record.h"

#include <algorithm>
#include <cstring>

#include "crc32c.h"

namespace fams {
namespace {

constexpr size_t kPieceBytes = kMiB;

// Gathers bytes in a buffer and writes them out whenever it is full.
class PieceWriter {
 public:
  PieceWriter(Storage* storage, uint8_t* buffer, uint64_t offset)
      : storage_(storage), buffer_(buffer), offset_(offset) {}

  Status Add(const void* data, size_t bytes) {
    auto* from = static_cast<const uint8_t*>(data);
    while (bytes > 0) {
      const size_t n = std::min(bytes, kPieceBytes - used_);
      std::memcpy(buffer_ + used_, from, n);
      used_ += n, from += n, bytes -= n;
      if (used_ == kPieceBytes) FAMS_TRY(WriteOut());
    }
    return {};
  }

  Status AddZeros(size_t bytes) {
    static const uint8_t zeros[kLineBytes] = {};
    for (; bytes > 0; bytes -= std::min<size_t>(bytes, sizeof zeros))
      FAMS_TRY(Add(zeros, std::min<size_t>(bytes, sizeof zeros)));
    return {};
  }

  // Of everything so far.
  uint32_t Checksum() {
    checksum_ = Crc32c(checksum_, buffer_ + checked_, used_ - checked_);
    checked_ = used_;
    return checksum_;
  }

  Status WriteOut() {
    Checksum();
    FAMS_TRY(storage_->Write(Stream::kJournal, offset_, buffer_, used_));
    offset_ += used_;
    used_ = checked_ = 0;
    return {};
  }

 private:
  Storage* storage_;
  uint8_t* buffer_;
  uint64_t offset_;
  size_t used_ = 0;
  size_t checked_ = 0;
  uint32_t checksum_ = 0;
};

}  // namespace

Status WriteLargePayload(Storage& storage, const Lines& lines, const uint8_t* working, AlignedBuffer* buffer,
                         uint64_t offset, uint64_t bytes, RecordHeader* header) {
  if (!buffer->Grow(0, kPieceBytes)) return Status(code::kOutOfMemory, "no memory to gather a commit");
  PieceWriter writer(&storage, buffer->data(), offset + sizeof *header);
  const size_t table = lines.runs.size() * sizeof(uint64_t);
  FAMS_TRY(writer.Add(lines.runs.data(), table));
  FAMS_TRY(writer.AddZeros(RunTableBytes(lines.runs.size()) - table));
  for (const uint64_t run : lines.runs)
    FAMS_TRY(writer.Add(working + RunLine(run) * kLineBytes, RunCount(run) * kLineBytes));
  header->type = kCommit;
  header->payload_bytes = lines.payload_bytes();
  header->payload_checksum = writer.Checksum();
  header->run_count = static_cast<uint32_t>(lines.runs.size());
  FAMS_TRY(writer.AddZeros(bytes - lines.record_bytes()));
  return writer.WriteOut();
}

}  // namespace fams
