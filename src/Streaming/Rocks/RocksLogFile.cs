using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Rocks;

/// <summary>
/// What a file of RocksDB's log format holds, read without RocksDB, which takes much damage for an end that a crash has torn and
/// says nothing. Format: blocks of 32 KiB; in them records of check sum (4 bytes, CRC-32C, masked), length (2), type (1), payload;
/// what does not fit a block goes on in the next one as first, middle and last part. A record of a write-ahead log begins with the
/// number of its first write (8 bytes) and how many there are (4); all little-endian.
/// </summary>
/// <param name="Length">Of the file, in bytes.</param>
/// <param name="Good">One past the last record that is whole and in its place.</param>
/// <param name="First">Number of the first write; null: none, or a manifest.</param>
/// <param name="Next">The number that the next write would have; null where <paramref name="First"/> is.</param>
/// <param name="Damage">The first thing that is not as it was written; null: none.</param>
internal sealed record RocksLogFile(long Length, long Good, ulong? First, ulong? Next, RocksLogDamage? Damage)
{
    private const int BlockBytes = 32 << 10;
    private const int HeaderBytes = 7;
    private const int PageBytes = 4 << 10;
    private const int NumbersBytes = 12;
    private const string EndsWithin = "the file ends within a record";

    /// <summary>Reads a write-ahead log.</summary>
    /// <exception cref="LogException">The file cannot be read.</exception>
    internal static RocksLogFile OfWrites(string path) => Read(path, hasNumbers: true);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="LogException">The file cannot be read.</exception>
    internal static RocksLogFile OfVersions(string path) => Read(path, hasNumbers: false);

    private static RocksLogFile Read(string path, bool hasNumbers)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return new Reading(file, hasNumbers).All();
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw new LogException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private enum Part : byte
    {
        None = 0,
        Full = 1,
        First = 2,
        Middle = 3,
        Last = 4,
    }

    /// <summary>One pass over a file.</summary>
    private sealed class Reading(FileStream file, bool hasNumbers)
    {
        private readonly byte[] block = new byte[BlockBytes];
        private readonly byte[] numbers = new byte[NumbersBytes];
        private int numbersRead;
        private long begun = -1;
        private long good;
        private ulong? first;
        private ulong? next;
        private RocksLogDamage? damage;

        internal RocksLogFile All()
        {
            long start = 0;
            for (int length; (length = file.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false)) > 0; start += length)
            {
                if (damage is null) Take(start, length);
                else damage = damage with { IsFollowed = HoldsARecord(0, length) };
                if (damage is { IsFollowed: true }) break;
            }

            if (damage is null && begun >= 0) damage = new RocksLogDamage(begun, EndsWithin, IsFollowed: false, IsZeros: false);
            return new RocksLogFile(file.Length, good, first, next, damage);
        }

        private void Take(long start, int length)
        {
            var at = 0;
            while (length - at >= HeaderBytes)
            {
                if ((Wrong(at, length, out var end) ?? Follow(start + at, at, end)) is { } what)
                {
                    Found(start, at, end, length, what);
                    return;
                }

                at = end;
            }

            // A block's last bytes may be too few for a record; a file's are the beginning of one.
            if (length < BlockBytes && length > at) Found(start, at, length, length, EndsWithin);
        }

        /// <summary>What is wrong with the record at a place by itself; null: nothing, and <paramref name="end"/> is behind it.</summary>
        private string? Wrong(int at, int length, out int end)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(at + 4));
            end = at + HeaderBytes + size;
            if (block[at + 6] == (byte)Part.None && size == 0) return "expected a record, found zeros";
            if (end > length) return length < BlockBytes ? EndsWithin : $"expected at most {length - at - HeaderBytes} bytes, found a length of {size}";
            var sum = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at));
            var found = Mask(Crc(block.AsSpan(at + 6, size + 1)));
            return sum == found ? null : $"expected check sum {sum:x8}, found {found:x8}";
        }

        /// <summary>Takes a part that is whole by itself; what is wrong with its place, null: nothing.</summary>
        private string? Follow(long offset, int at, int end)
        {
            var part = (Part)block[at + 6];
            if (part is not (Part.Full or Part.First or Part.Middle or Part.Last))
            {
                // Notes of RocksDB about the file itself.
                if (begun < 0) good = offset + end - at;
                return null;
            }

            var begins = part is Part.Full or Part.First;
            if (begins != begun < 0) return begins ? "a record begins within another" : "a record goes on that never began";
            if (begins)
            {
                begun = offset;
                numbersRead = 0;
            }

            var payload = block.AsSpan(at + HeaderBytes, end - at - HeaderBytes);
            var taken = Math.Min(NumbersBytes - numbersRead, payload.Length);
            payload[..taken].CopyTo(numbers.AsSpan(numbersRead));
            numbersRead += taken;
            if (part is Part.First or Part.Middle) return null;
            if (Number() is { } what) return what;
            begun = -1;
            good = offset + end - at;
            return null;
        }

        /// <summary>The writes of a record that has come to its end are those that come next.</summary>
        private string? Number()
        {
            if (!hasNumbers) return null;
            if (numbersRead < NumbersBytes) return $"expected the number of a write, found {numbersRead} bytes";
            var number = BinaryPrimitives.ReadUInt64LittleEndian(numbers);
            if (next is { } expected && number != expected) return $"expected write {expected}, found write {number}";
            first ??= number;
            next = number + BinaryPrimitives.ReadUInt32LittleEndian(numbers.AsSpan(8));
            return null;
        }

        private void Found(long start, int at, int end, int length, string what) =>
            damage = new RocksLogDamage(start + at, what, IsFollowed: HoldsARecord(at + 1, length), HoldsEmptyPage(at, Math.Min(end, length)));

        /// <summary>Whether a page, or what of one lies between two places of the block, holds zeros alone.</summary>
        private bool HoldsEmptyPage(int from, int to)
        {
            for (var at = from; at < to;)
            {
                var pageEnd = Math.Min(to, (at / PageBytes * PageBytes) + PageBytes);
                if (pageEnd - at >= HeaderBytes && block.AsSpan(at..pageEnd).IndexOfAnyExcept((byte)0) < 0) return true;
                at = pageEnd;
            }

            return false;
        }

        /// <summary>Whether a whole record stands anywhere from a place of the block on.</summary>
        private bool HoldsARecord(int from, int length)
        {
            for (var at = from; length - at >= HeaderBytes; at++)
            {
                if ((Part)block[at + 6] is not (Part.Full or Part.First or Part.Middle or Part.Last)) continue;
                if (Wrong(at, length, out _) is null) return true;
            }

            return false;
        }
    }

    private static uint Mask(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8u;

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var one in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}

/// <summary>The first thing in a log file that is not as it was written.</summary>
/// <param name="Offset">Where, in bytes from the file's begin.</param>
/// <param name="What">What was expected and found.</param>
/// <param name="IsFollowed">Whether whole records stand behind it: a file that a crash has torn ends there.</param>
/// <param name="IsZeros">Whether its place or the page behind it holds zeros alone, as pages do that no disk was given.</param>
internal sealed record RocksLogDamage(long Offset, string What, bool IsFollowed, bool IsZeros);
