import BuktiFormat
import Glibc

// What Bukti is made of, measured alone; `make bench` computes the limits from it. One line of JSON a result.

let arguments = Array(CommandLine.arguments.dropFirst())
let isQuick = arguments.contains("--quick")
let words = arguments.filter { $0 != "--quick" }
let watch = Stopwatch(least: isQuick ? 0.002 : 0.1, repetitions: isQuick ? 1 : 3)

switch (words.first, words.count) {
case ("parts", 3): Parts(watch: watch, image: words[1], scratch: words[2]).measure()
case ("files", 4):
  SmallFiles(watch: watch, folder: words[1], scratch: words[3]).measure(words[2])
case ("records", 1): try Records(watch).measure()
case ("digests", 1): try Digests(watch: watch).measure()
case ("openings", 2): try Openings().measure(bundle: words[1])
case ("reads", 5):
  guard let pin = Hex.decode(Array(words[4].utf8)).flatMap(Hash.init(bytes:)) else {
    fail("a fingerprint is 64 hexadecimal digits")
  }
  try Reads().measure(bundle: words[1], item: words[2], offsets: words[3], pin: pin)
default:
  print(
    """
    usage: bukti-bench [--quick] parts IMAGE SCRATCH | files FOLDER LIST SCRATCH | records | digests
                       | reads BUNDLE ITEM OFFSETS FINGERPRINT | openings BUNDLE
    """)
  exit(64)
}
