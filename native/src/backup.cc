// The copy is filled in the order of the file, its superblocks last: data chunk by chunk, zeros left out
// because allocated space reads as zeros; then the journal is folded once, each verified commit written over
// the data.

#include "backup.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "new_file.h"
#include "recovery.h"
#include "segments.h"

namespace fams {
namespace {

bool IsZero(const std::vector<uint8_t>& bytes, size_t count) {
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, count - 1) == 0;
}

class Backup {
 public:
  Backup(Reader& source, const Superblock& superblock, uint64_t end_position, const Progress& progress)
      : source_(source),
        superblock_(superblock),
        end_position_(end_position),
        progress_(progress),
        total_(superblock.data_bytes + end_position - superblock.replay_position) {}

  Status WriteTo(const std::string& path, Existing existing) {
    path_ = path;
    FAMS_TRY(Target(NewFile::Begin(path, {}, &file_)));
    const Superblock copy = MakeCopy();
    FAMS_TRY(Target(LayOut(copy)));
    FAMS_TRY(CopyData());
    FAMS_TRY(ApplyJournal());
    FAMS_TRY(Target(PutSuperblocks(copy)));
    if (existing == Existing::kReplace) return Target(file_->Replace());
    bool named = false;
    FAMS_TRY(Target(file_->Finish(&named)));
    return named ? Status() : Target(Status(code::kExists, "there is a file already"));
  }

 private:
  // Says of a failure that it is the new file's.
  Status Target(Status status) const { return status.ok() ? status : std::move(status).In(path_); }

  Superblock MakeCopy() const {
    Superblock copy = MakeSuperblock(superblock_.data_bytes, file_->storage().write_unit());
    std::memcpy(copy.uuid, superblock_.uuid, sizeof copy.uuid);
    copy.generation = superblock_.generation + 1;
    copy.sequence = superblock_.sequence + 1;
    copy.next_record = 1;
    copy.clean = 1;
    return copy;
  }

  Status LayOut(const Superblock& copy) {
    Storage& target = file_->storage();
    // Everything at once: nothing later can run out of space.
    FAMS_TRY(target.Allocate(0, EndOfFile(copy)));
    FAMS_TRY(WriteZeros(target, 0, kDataOffset));
    const uint64_t end_of_data = kDataOffset + copy.data_bytes;
    return WriteZeros(target, end_of_data, EndOfFile(copy) - end_of_data);
  }

  Status CopyData() {
    std::vector<uint8_t> chunk(kMiB);
    for (uint64_t at = 0; at < superblock_.data_bytes; at += chunk.size()) {
      const uint64_t bytes = std::min<uint64_t>(chunk.size(), superblock_.data_bytes - at);
      FAMS_TRY(source_.Read(kDataOffset + at, chunk.data(), bytes));
      if (!IsZero(chunk, bytes)) FAMS_TRY(Put(kDataOffset + at, chunk.data(), bytes));
      Advance(bytes);
    }
    return {};
  }

  Status ApplyJournal() {
    uint64_t reached = superblock_.replay_position;
    ReplayEnd end;
    FAMS_TRY(Replay(
        source_, superblock_,
        [&](const RecordAt& record) -> Status {
          const RecordHeader& header = record.header;
          if (header.position >= end_position_) return {};
          const bool link = header.type == kLink;
          if (!link) FAMS_TRY(Apply(record));
          const uint64_t next = link ? header.payload_bytes : header.position + record.bytes();
          Advance(next - reached);
          reached = next;
          return {};
        },
        &end));
    if (AlignUp(reached, superblock_.block_bytes) >= end_position_) return {};
    return Status(code::kDamaged, "a commit in the journal does not verify").At(end.position);
  }

  Status Apply(const RecordAt& record) {
    std::vector<uint8_t> chunk(std::min(kChunk, record.bytes()));
    return ForEachRun(source_, record, [&](uint64_t line, uint64_t count, uint64_t offset) -> Status {
      for (uint64_t done = 0; done < count * kLineBytes; done += kChunk) {
        const uint64_t bytes = std::min(kChunk, count * kLineBytes - done);
        FAMS_TRY(source_.Read(offset + done, chunk.data(), bytes));
        FAMS_TRY(Put(kDataOffset + line * kLineBytes + done, chunk.data(), bytes));
      }
      return {};
    });
  }

  Status PutSuperblocks(Superblock copy) {
    for (uint32_t i = 0; i < 2; i++) {
      Seal(&copy, i);
      FAMS_TRY(file_->storage().Write(Stream::kJournal, kSuperblockOffsets[i], &copy, sizeof copy));
    }
    return {};
  }

  Status Put(uint64_t offset, const void* data, uint64_t bytes) {
    return Target(file_->storage().Write(Stream::kJournal, offset, data, bytes));
  }

  void Advance(uint64_t bytes) {
    done_ += bytes;
    if (progress_) progress_(std::min(done_, total_), total_);
  }

  Reader& source_;
  const Superblock& superblock_;
  const uint64_t end_position_;
  const Progress& progress_;
  std::string path_;
  std::unique_ptr<NewFile> file_;
  uint64_t done_ = 0;
  const uint64_t total_;
};

// The name that is behind all links, if there is a file; else `path`.
std::string Resolve(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) != nullptr ? resolved : path;
}

}  // namespace

Status BackupTo(Reader& source, const Superblock& superblock, uint64_t end_position, const std::string& path,
                Existing existing, const Progress& progress) {
  return Backup(source, superblock, end_position, progress).WriteTo(path, existing);
}

Status BackupFile(const std::string& from, const std::string& to, Existing existing, const Progress& progress,
                  Superblock* superblock) {
  std::unique_ptr<Storage> source, replaced;
  FAMS_TRY(OpenFile(from, true, &source));
  ChosenSuperblock chosen;
  FAMS_TRY(ReadSuperblocks(*source, &chosen));
  RecoveryReport plan;
  FAMS_TRY(PlanRecovery(
      *source, chosen, [](const RecordAt&) { return Status(); }, &plan));
  if (plan.verdict == Verdict::kDamaged) return DamageOf(plan);
  *superblock = chosen.superblock;

  // Held until the new file has its place, so that no program goes on with the old one.
  const Status found = OpenFile(to, false, &replaced);
  if (existing == Existing::kKeep && (found.ok() || found.code() == code::kLocked))
    return Status(code::kExists, "there is a file already").In(to);
  if (!found.ok() && found.code() != code::kNotFound) return Status(found).In(to);
  return BackupTo(*source, chosen.superblock, plan.end.position, Resolve(to), existing, progress);
}

}  // namespace fams
