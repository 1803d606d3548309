using System.Buffers.Binary;
using System.Text;

namespace Tppo.Learning.Native;

/// <summary>
/// Marks one symbol version that a 64-bit little-endian ELF library asks for as weak (VER_FLG_WEAK), so that the
/// dynamic linker accepts a library set that does not offer it. Safe only where no relocation uses that version.
/// </summary>
internal static class ElfVersionNeed
{
    private const uint SectionIsVersionNeed = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Marks <paramref name="version"/> weak in place; false where the bytes are no such library or do not ask for it.</summary>
    internal static bool MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..4].SequenceEqual("\u007fELF"u8) || elf[4] != 2 || elf[5] != 1) return false;
        var sectionTable = (int)UInt64(elf, 0x28);
        var sectionSize = UInt16(elf, 0x3A);
        var sectionCount = UInt16(elf, 0x3C);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = sectionTable + (i * sectionSize);
            if (UInt32(elf, section + 4) != SectionIsVersionNeed) continue;
            var names = (int)UInt64(elf, sectionTable + ((int)UInt32(elf, section + 0x28) * sectionSize) + 0x18);
            if (MarkIn(elf, (int)UInt64(elf, section + 0x18), (int)UInt32(elf, section + 0x2C), names, version)) return true;
        }

        return false;
    }

    // A list of libraries, each with a list of the versions that are needed of it; both are linked by byte offsets.
    private static bool MarkIn(Span<byte> elf, int library, int libraries, int names, string version)
    {
        for (var n = 0; n < libraries; n++)
        {
            var need = library + (int)UInt32(elf, library + 8);
            for (var k = 0; k < UInt16(elf, library + 2); k++)
            {
                var name = elf[(names + (int)UInt32(elf, need + 8))..];
                if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(need + 4)..], (ushort)(UInt16(elf, need + 4) | Weak));
                    return true;
                }

                need += (int)UInt32(elf, need + 12);
            }

            library += (int)UInt32(elf, library + 12);
        }

        return false;
    }

    private static ushort UInt16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);

    private static uint UInt32(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]);

    private static ulong UInt64(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt64LittleEndian(elf[at..]);
}
