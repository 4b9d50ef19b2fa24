/// A library that makes reads of one file fail, for `LD_PRELOAD`, and what goes with it.
enum FailingSource {
  /// Reads of the file FAIL_PATH fail: those that touch a range of FAIL_RANGES (`first-end,…` in bytes), and those
  /// from the FAIL_FIRST-th to the FAIL_LAST-th, and the FAIL_ALSO-th. Before the HOOK_AT-th the command HOOK is run. FAIL_LOG lists all.
  private static let library = #"""
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    static long number(const char *name, long otherwise) {
      const char *text = getenv(name);
      return text ? atol(text) : otherwise;
    }

    static int is_watched(int fd) {
      char link[64], path[4096];
      const char *wanted = getenv("FAIL_PATH");
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t count = wanted ? readlink(link, path, sizeof path - 1) : -1;
      if (count < 0) return 0;
      path[count] = 0;
      return strcmp(path, wanted) == 0;
    }

    static int is_bad(off_t offset, size_t count) {
      const char *ranges = getenv("FAIL_RANGES");
      while (ranges && *ranges) {
        char *next;
        off_t first = strtoll(ranges, &next, 10), end = strtoll(next + 1, &next, 10);
        if (offset < end && first < offset + (off_t)count) return 1;
        ranges = *next ? next + 1 : next;
      }
      return 0;
    }

    static void run_hook(void) {
      char *preload = strdup(getenv("LD_PRELOAD"));
      unsetenv("LD_PRELOAD");
      if (system(getenv("HOOK")) != 0) abort();
      setenv("LD_PRELOAD", preload, 1);
      free(preload);
    }

    static ssize_t read_at(int fd, void *buffer, size_t count, off_t offset) {
      static ssize_t (*real)(int, void *, size_t, off_t);
      static long call;
      if (!real) real = (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread64");
      if (!is_watched(fd)) return real(fd, buffer, count, offset);
      call++;
      if (call == number("HOOK_AT", 0)) run_hook();
      int fails = is_bad(offset, count) || call == number("FAIL_ALSO", 0) ||
                  (call >= number("FAIL_FIRST", 1L << 60) && call <= number("FAIL_LAST", 1L << 60));
      const char *log = getenv("FAIL_LOG");
      int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
      if (file >= 0) {
        dprintf(file, "%lld %zu %s %s\n", (long long)offset, count, fails ? "fails" : "reads",
                fcntl(fd, F_GETFL) & O_DIRECT ? "direct" : "cached");
        close(file);
      }
      if (!fails) return real(fd, buffer, count, offset);
      errno = (int)number("FAIL_ERRNO", EIO);
      return -1;
    }

    ssize_t pread(int fd, void *buffer, size_t count, off_t offset) {
      return read_at(fd, buffer, count, offset);
    }
    ssize_t pread64(int fd, void *buffer, size_t count, off_t offset) {
      return read_at(fd, buffer, count, offset);
    }
    """#

  /// Shell: `failing COMMAND…` runs a command under the library; `honest BUNDLE IMAGE MAP` checks that the item `img` holds
  /// the image's bytes where the map says so and zeros elsewhere, that the map covers the image, and that the bundle
  /// is intact.
  static let prelude = #"""
    failing() { LD_PRELOAD="$PWD/failing.so" "$@"; }
    failing_seal() { LD_PRELOAD="$PWD/failing.so" bukti seal "$@" $session --case-number EX-1 --why w; }
    cat > honest.py <<'END'
    import subprocess, sys
    bundle, image, path = sys.argv[1:]
    want = open(image, "rb").read()
    got = subprocess.run(["bukti", "cat", bundle, "img"], capture_output=True).stdout
    lines = [line.split() for line in open(path) if not line.startswith("#")][1:]
    end = lost = 0
    for start, size, status in ((int(a, 0), int(b, 0), c) for a, b, c in lines):
        assert start == end, "the map has holes"
        end += size
        part = want[start:end] if status == "+" else bytes(size)
        assert got[start:end] == part, (start, end, status)
        lost += 0 if status == "+" else size
    assert end == len(want) == len(got), (end, len(want), len(got))
    print(lost)
    END
    honest() {
      python3 honest.py "$@" && bukti verify "$1" >report; [ $? != 1 ] && grep -q '^intact *HOLDS' report
    }

    """#

  /// Compiles the library in a scene; false, with the reason printed, where there is no C compiler.
  static func build(in scene: Scene, for test: String = #function) throws -> Bool {
    try scene.check("cat > failing.c <<'END'\n\(library)\nEND")
    let made = try scene.run(
      """
      for compiler in cc clang gcc; do
        "$compiler" -shared -fPIC -O1 -o failing.so failing.c -ldl 2>>compiler.log && exit 0
      done; exit 1
      """)
    if made.exit != 0 { print("skipped: \(test): no C compiler for the failing source") }
    return made.exit == 0
  }
}
