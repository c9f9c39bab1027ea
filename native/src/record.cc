#include "record.h"

#include "crc32c.h"

namespace fams {
namespace {

uint32_t HeaderChecksum(const RecordContext& context, const RecordHeader& header) {
  return Crc32c(context.identity, &header, offsetof(RecordHeader, checksum));
}

}  // namespace

RecordContext ContextOf(const Superblock& superblock) {
  return {Crc32c(0, superblock.uuid, sizeof superblock.uuid), superblock.salt};
}

void SealHeader(const RecordContext& context, RecordHeader* header) {
  header->magic = kRecordMagic;
  header->salt = context.salt;
  header->checksum = HeaderChecksum(context, *header);
}

bool IsHeader(const RecordContext& context, const RecordHeader& header) {
  return header.magic == kRecordMagic && header.checksum == HeaderChecksum(context, header);
}

void JoinRuns(const std::vector<uint32_t>& lines, std::vector<uint64_t>* runs) {
  runs->clear();
  for (size_t i = 0; i < lines.size();) {
    size_t end = i + 1;
    while (end < lines.size() && lines[end] == lines[end - 1] + 1 && end - i < kMaxRun) end++;
    runs->push_back(PackRun(lines[i], end - i));
    i = end;
  }
}

bool RunCheck::Add(uint64_t run) {
  const uint64_t line = RunLine(run), count = RunCount(run);
  if (count == 0 || line < next_line_ || line + count > line_count_) return false;
  next_line_ = line + count;
  lines_ += count;
  return true;
}

}  // namespace fams
