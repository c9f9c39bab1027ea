#include "replay.h"

#include <algorithm>
#include <cstring>

#include "crc32c.h"
#include "segments.h"

namespace fams {
namespace {

constexpr uint64_t kDense = 4096;

bool IsZero(const RecordHeader& header) {
  static const RecordHeader zero = {};
  return std::memcmp(&header, &zero, sizeof zero) == 0;
}

// Does a verified header that stands at `position` prove that the record `missing` was acknowledged? Either
// it was written later than the superblock knows of, or it says itself that the missing record had been
// flushed.
bool ProvesLoss(const Superblock& superblock, const RecordHeader& header, uint64_t position,
                uint64_t missing) {
  if (header.sequence < missing || header.sequence >= kMaxSequence) return false;
  const bool of_this_time = header.salt == superblock.salt && header.position == position;
  return !of_this_time || header.durable_through >= missing;
}

class Replayer {
 public:
  Replayer(Reader& reader, const Superblock& superblock, ReplayEnd* end)
      : reader_(reader), superblock_(superblock), context_(ContextOf(superblock)), end_(end), chunk_(kChunk) {
    end->position = superblock.replay_position;
    end->next_record = superblock.next_record;
    end->chain = superblock.chain;
  }

  Status Run(const Visitor& visit, uint64_t until) {
    while (end_->next_record < until) {
      RecordAt record;
      bool found = false;
      FAMS_TRY(Next(&record, &found));
      if (!found) return {};
      FAMS_TRY(visit(record));
    }
    return {};
  }

 private:
  // The next record, packed behind the last one, or at the next block if a flush came between.
  Status Next(RecordAt* record, bool* found) {
    const uint64_t packed = end_->position;
    const uint64_t aligned = AlignUp(packed, superblock_.block_bytes);
    FAMS_TRY(Try(packed, record, found));
    if (*found || aligned == packed || IsFinal(end_->ending)) return {};
    const Ending ending = end_->ending;
    FAMS_TRY(Try(aligned, record, found));
    if (!*found && end_->ending == Ending::kNothing) end_->ending = ending;
    return {};
  }

  Status Try(uint64_t position, RecordAt* record, bool* found) {
    const Segment* segment = FindSegment(superblock_, position);
    end_->ending = Ending::kNothing;
    if (segment == nullptr) return {};
    record->offset = OffsetOf(*segment, position);
    RecordHeader& header = record->header;
    if (!Read(record->offset, &header, sizeof header)) return {};
    end_->ending = Judge(header, position);
    if (end_->ending == Ending::kLater) end_->latest = header.sequence;
    if (end_->ending != Ending::kNothing || !IsExpected(header, position)) return {};

    uint64_t lines = 0;
    bool sound = false;
    const uint64_t room = segment->start + segment->bytes - position - sizeof header;
    if (header.type == kLink) {
      sound = FollowsLink(header.payload_bytes, position);
    } else if (header.type == kCommit && header.payload_bytes <= room) {
      sound = VerifyPayload(*record, &lines);
    }
    if (!sound) {
      if (end_->ending != Ending::kUnreadable) end_->ending = Ending::kTornPayload;
      return {};
    }
    end_->durable_through = std::max(end_->durable_through, header.durable_through);
    end_->position = header.type == kLink ? header.payload_bytes : position + record->bytes();
    end_->next_record = header.sequence + 1;
    end_->chain = header.checksum;
    end_->commits += header.type == kCommit;
    end_->lines += lines;
    *found = true;
    return {};
  }

  static bool IsFinal(Ending ending) { return ending == Ending::kLater || ending == Ending::kUnreadable; }

  bool IsExpected(const RecordHeader& header, uint64_t position) const {
    return header.salt == context_.salt && header.position == position &&
           header.sequence == end_->next_record && header.chain == end_->chain && IsHeader(context_, header);
  }

  // What the 64 bytes at `position` are, if they are not the record that is expected there.
  Ending Judge(const RecordHeader& header, uint64_t position) const {
    if (IsZero(header) || IsExpected(header, position)) return Ending::kNothing;
    if (IsHeader(context_, header))
      return ProvesLoss(superblock_, header, position, end_->next_record) ? Ending::kLater : Ending::kNothing;
    const bool meant =
        header.magic == kRecordMagic && header.position == position && header.salt == context_.salt;
    return meant ? Ending::kTornHeader : Ending::kUnrecognised;
  }

  bool FollowsLink(uint64_t target, uint64_t position) const {
    const Segment* segment = FindSegment(superblock_, target);
    return segment != nullptr && segment->start == target && target > position;
  }

  // Reads the whole payload once, in bounded memory.
  bool VerifyPayload(const RecordAt& record, uint64_t* lines) {
    const RecordHeader& header = record.header;
    const uint64_t table = uint64_t{header.run_count} * sizeof(uint64_t);
    RunCheck runs(superblock_.data_bytes / kLineBytes);
    uint32_t checksum = 0;
    if (table > header.payload_bytes) return false;
    for (uint64_t at = 0; at < header.payload_bytes; at += kChunk) {
      const uint64_t bytes = std::min(kChunk, header.payload_bytes - at);
      if (!Read(record.offset + sizeof header + at, chunk_.data(), bytes)) return false;
      checksum = Crc32c(checksum, chunk_.data(), bytes);
      for (uint64_t run = at; run < std::min(table, at + bytes); run += sizeof(uint64_t)) {
        uint64_t packed;
        std::memcpy(&packed, &chunk_[run - at], sizeof packed);
        if (!runs.Add(packed)) return false;
      }
    }
    *lines = runs.lines();
    return checksum == header.payload_checksum &&
           PayloadBytes(header.run_count, *lines) == header.payload_bytes;
  }

  bool Read(uint64_t offset, void* data, size_t bytes) {
    if (reader_.Read(offset, data, bytes).ok()) return true;
    end_->ending = Ending::kUnreadable;
    return false;
  }

  Reader& reader_;
  const Superblock& superblock_;
  const RecordContext context_;
  ReplayEnd* end_;
  std::vector<uint8_t> chunk_;
};

}  // namespace

const char* NameOf(Ending ending) {
  static const char* const kNames[] = {"nothing",        "torn header", "torn payload", "unrecognised bytes",
                                       "a later record", "unreadable"};
  return kNames[static_cast<int>(ending)];
}

Status Replay(Reader& reader, const Superblock& superblock, const Visitor& visit, ReplayEnd* end,
              uint64_t until) {
  return Replayer(reader, superblock, end).Run(visit, until);
}

void FindDamage(Reader& reader, const Superblock& superblock, const ReplayEnd& end, bool* damaged,
                uint64_t* latest) {
  const RecordContext context = ContextOf(superblock);
  *damaged = end.ending == Ending::kLater || end.ending == Ending::kUnreadable;
  *latest = end.latest;
  const auto look = [&](uint64_t position, const uint8_t* bytes) {
    RecordHeader header;
    std::memcpy(&header, bytes, sizeof header);
    if (header.magic != kRecordMagic || !IsHeader(context, header)) return;
    if (!ProvesLoss(superblock, header, position, end.next_record)) return;
    *damaged = true;
    *latest = std::max(*latest, header.sequence);
  };
  std::vector<uint8_t> chunk(kChunk);
  const uint64_t block = superblock.block_bytes;
  for (uint32_t i = 0; i < superblock.segment_count; i++) {
    const Segment& segment = superblock.segments[i];
    const uint64_t segment_end = segment.start + segment.bytes;
    uint64_t at = std::max(segment.start, AlignUp(end.position + 1, block));
    for (uint64_t bytes; at < segment_end; at += bytes) {
      // Headers that stand far apart are read one by one, others together.
      bytes = block < kDense ? std::min(kChunk, segment_end - at) : block;
      const bool whole = block < kDense && reader.Read(OffsetOf(segment, at), chunk.data(), bytes).ok();
      for (uint64_t n = 0; n < bytes; n += block)
        // What the medium does not give in one piece it may give in another.
        if (whole || reader.Read(OffsetOf(segment, at + n), &chunk[n], sizeof(RecordHeader)).ok())
          look(at + n, &chunk[n]);
    }
  }
}

}  // namespace fams
