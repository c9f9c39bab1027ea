// What an operation of the durable core came to. No exceptions are thrown below the addon's surface.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace fams {

// Codes are the strings that reach the program as `error.code`; runtime/src/errors.ts says what to do about
// each.
namespace code {
inline constexpr char kInvalidArgument[] = "ERR_FAMS_INVALID_ARGUMENT";
inline constexpr char kNotFound[] = "ERR_FAMS_NOT_FOUND";
inline constexpr char kNoDirectory[] = "ERR_FAMS_NO_DIRECTORY";
inline constexpr char kNotAFile[] = "ERR_FAMS_NOT_A_FILE";
inline constexpr char kExists[] = "ERR_FAMS_EXISTS";
inline constexpr char kSymlink[] = "ERR_FAMS_SYMLINK";
inline constexpr char kReadOnlyFileSystem[] = "ERR_FAMS_READ_ONLY_FILE_SYSTEM";
inline constexpr char kPermission[] = "ERR_FAMS_PERMISSION";
inline constexpr char kLocked[] = "ERR_FAMS_LOCKED";
inline constexpr char kSizeRequired[] = "ERR_FAMS_SIZE_REQUIRED";
inline constexpr char kSizeMismatch[] = "ERR_FAMS_SIZE_MISMATCH";
inline constexpr char kTruncated[] = "ERR_FAMS_TRUNCATED";
inline constexpr char kNotARegion[] = "ERR_FAMS_NOT_A_REGION";
inline constexpr char kVersion[] = "ERR_FAMS_VERSION";
inline constexpr char kFeature[] = "ERR_FAMS_FEATURE";
inline constexpr char kByteOrder[] = "ERR_FAMS_BYTE_ORDER";
inline constexpr char kSuperblock[] = "ERR_FAMS_SUPERBLOCK";
inline constexpr char kDamaged[] = "ERR_FAMS_DAMAGED";
inline constexpr char kNoSpace[] = "ERR_FAMS_NO_SPACE";
inline constexpr char kIo[] = "ERR_FAMS_IO";
inline constexpr char kPoisoned[] = "ERR_FAMS_POISONED";
inline constexpr char kFileGone[] = "ERR_FAMS_FILE_GONE";
inline constexpr char kReadOnly[] = "ERR_FAMS_READ_ONLY";
inline constexpr char kUntracked[] = "ERR_FAMS_UNTRACKED";
inline constexpr char kOutOfMemory[] = "ERR_FAMS_OUT_OF_MEMORY";
inline constexpr char kDetached[] = "ERR_FAMS_DETACHED";
inline constexpr char kUnsupported[] = "ERR_FAMS_UNSUPPORTED";
inline constexpr char kClosed[] = "ERR_FAMS_CLOSED";
}  // namespace code

// Success is a null pointer: it costs nothing to hand on.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(const char* code, std::string detail, int error = 0)
      : failure_(std::make_shared<Failure>(Failure{code, std::move(detail), error, 0, false, {}})) {}

  bool ok() const { return failure_ == nullptr; }
  const char* code() const { return ok() ? nullptr : failure_->code; }
  const std::string& detail() const { return said().detail; }
  // The errno behind it, or 0.
  int error() const { return said().error; }
  // Where in the file, if `has_offset()`.
  uint64_t offset() const { return said().offset; }
  bool has_offset() const { return said().has_offset; }
  // The file it is about, if not the one that the call was about.
  const std::string& path() const { return said().path; }

  // A new failure, at this byte of the file, or in this file.
  Status At(uint64_t offset) && {
    if (!ok()) failure_->offset = offset, failure_->has_offset = true;
    return std::move(*this);
  }
  Status In(std::string path) && {
    if (!ok()) failure_->path = std::move(path);
    return std::move(*this);
  }

 private:
  struct Failure {
    const char* code;
    std::string detail;
    int error;
    uint64_t offset;
    bool has_offset;
    std::string path;
  };

  const Failure& said() const {
    static const Failure nothing = {nullptr, {}, 0, 0, false, {}};
    return ok() ? nothing : *failure_;
  }

  std::shared_ptr<Failure> failure_;
};

}  // namespace fams

// Hands a failure on to the caller.
#define FAMS_TRY(expression)                                                              \
  do {                                                                                    \
    if (::fams::Status fams_status = (expression); !fams_status.ok()) return fams_status; \
  } while (0)
